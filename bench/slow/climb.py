"""Take suspects away one at a time, the one that helps most first, and go on from there."""

import contextlib
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import chain
from typing import Any

from bench.diagnose.finding import Line
from bench.diagnose.pair import Pair
from bench.errors import UserError
from bench.host.progress import Say
from bench.slow import (
    suspects_data,
    suspects_eager,
    suspects_growth,
    suspects_keras,
    suspects_lines,
    suspects_traces,
)
from bench.slow.finding import Interval, SlowFinding
from bench.slow.growth import graph_size, sizes
from bench.slow.source import CannotEditError, Source
from bench.slow.spy import Seen, Spy
from bench.slow.suspect import FALLBACK, LIKELY, SURE, Scene, Suspect
from bench.slow.trial import Warm, apart, difference, grown, same, warm
from bench.slow.turns import Times, in_turns
from bench.slow.ways import FIT, STEP, TRAINING
from bench.stats.intervals import Ratio

KINDS = (suspects_traces, suspects_eager, suspects_keras, suspects_growth, suspects_data,
         suspects_lines)  # fmt: skip
WATCHED_STEPS, WATCHED_SECONDS = 4, 20.0
PROBE_STEPS, PROBE_SECONDS = 300, 1.5
"""Walked to see what grows; what does not end in that time grows by too little to matter."""
GROWS = 0.5
"""Items a step: what gains one in every second step grows."""
LOOK_ROUNDS, LOOK_SECONDS = 6, 1.0
ROUNDS, SECONDS, MORE = 16, 4.0, 2
"""Of the measurement that is told; so many times as much where the interval is too wide."""
COUNTED_GAIN, GAIN, GAIN_THOUGH_FAST = 1.1, 1.25, 2.0
"""The least that taking a cause away has to gain, by its interval's low end: where its kind is
counted evidence; else where the loop is slower than the reference; where it is about as fast."""
NO_FASTER = 0.75
"""A loop that takes less of the reference's time is so fast that only what was counted is told."""
NEAR = {SURE: 1.5, LIKELY: 1.3, FALLBACK: 1.0}
"""Cures so near the best one are as good: what was counted comes before what only helps."""
SLOWER = 1.1
"""Of the reference's time: a loop that takes no more is as fast. A factor is looked for."""
DOES_NOT_RUN = (CannotEditError, UserError, IndexError, AttributeError, TypeError, ValueError,
                SyntaxError)  # fmt: skip
"""What an edit may come to that does not fit the user's program: it is passed over."""
MOST_TRIALS = 14
MOST_FINDINGS = 5


@dataclass
class Climb:
    """The state of a climb.

    Attributes:
        source: the user's text with the cures found so far.
        loop: the name that makes the program.
        deadline: of the clock, after which nothing new is tried.
        refused: what was tried without gain.
        gain: the least that a suspect has to gain that was not counted; None for none of them.
    """

    source: Source
    loop: str
    pair: Pair
    deadline: float
    say: Say = print
    findings: list[SlowFinding] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    gain: float | None = GAIN
    trials: int = 0
    late: bool = False

    def up(self, way: str, slower: bool, times: float, reference_us: float) -> None:
        """Take away what makes a way slow, until nothing helps any more.

        Args:
            slower: whether it is slower than the reference.
            times: what it takes of the reference's time.
            reference_us: what that is, in microseconds a step.
        """
        for _ in range(MOST_FINDINGS):
            if not slower and way not in TRAINING:
                return
            self.gain = GAIN if slower else GAIN_THOUGH_FAST if times > NO_FASTER else None
            found = self._next(way)
            if found is None:
                return
            self.findings.append(found[0])
            self.source = found[1]
            times = found[0].after_us / reference_us
            slower = times > SLOWER

    def _next(self, way: str) -> tuple[SlowFinding, Source] | None:
        """Return what helps most: of what was counted, and only without that of all else."""
        self.say(f"{way}: watching")
        scene, noise, grown_steps = self._watched(way)
        told = self._worth_trying(scene)
        if not told:
            return None
        base = self._warm(self.source, way, grown_steps)
        try:
            chosen = None
            for counted in (True, False):
                some = [s for s in told if s.counted is counted][:MOST_TRIALS]
                tried = list(self._trials(some, way, base, noise, grown_steps))
                chosen = chosen or self._chosen(tried, base)
                if chosen:
                    break
        finally:
            base.close()
        return None if chosen is None else self._confirmed(way, *chosen, grown_steps)

    # watching

    def _watched(self, way: str) -> tuple[Scene, float, int]:
        """Watch a fresh program; return the scene, how far it is from itself, what it grew for."""
        fresh = self._warm(self.source, way)
        noise = self._noise(fresh, way)
        before, graph = sizes(fresh.program.thing, fresh.module), graph_size(fresh.program)
        spy = Spy(self.source.path)
        _watch(spy, fresh, way, self.pair)  # first: what traces for each new batch soon ends
        probed = grown(fresh, PROBE_STEPS, PROBE_SECONDS) if way == STEP else 0
        after, steps = sizes(fresh.program.thing, fresh.module), probed + spy.seen.steps
        growing = {
            name: (after[name] - n) / steps
            for name, n in before.items()
            if probed and after.get(name, 0) - n >= GROWS * steps
        }
        added = (graph_size(fresh.program) - graph) / max(steps, 1)
        fresh.close()
        scene = Scene(self.source, spy.seen, way, growing, added)
        return scene, noise, probed if growing or added else 0

    def _noise(self, fresh: Warm, way: str) -> float:
        """Return how far a program is from itself in a second run; answers are taken as given."""
        if way not in TRAINING:
            return 0.0
        again = self._warm(self.source, way, start=fresh.start)
        again.close()
        return apart(fresh, again, way)

    def _worth_trying(self, scene: Scene) -> list[Suspect]:
        """Return suspects, what was counted first; others only where the loop is slower."""
        every = chain.from_iterable(map(partial(_suspects, scene), KINDS))
        told = [s for s in every if s.counted or self.gain]
        return sorted(told, key=lambda s: (not s.counted, s.rank))

    def _warm(self, source: Source, way: str, grown_steps: int = 0, start: Any = None) -> Warm:
        made = warm(source, self.loop, way, self.pair, start)
        if grown_steps:
            grown(made, grown_steps, 3 * PROBE_SECONDS)
            made.about = max(made.runner.take(5).seconds / 5, 1e-6)
        return made

    # trying

    def _trials(
        self, told: list[Suspect], way: str, base: Warm, noise: float, grown_steps: int
    ) -> Iterator[tuple[Suspect, Source, Warm]]:
        """Yield each suspect whose edit runs and keeps the numbers, with its program."""
        texts = set()
        for suspect in told:
            if time.monotonic() > self.deadline:
                self.late = True
                return
            with contextlib.suppress(*DOES_NOT_RUN):
                source = self.source.edited(suspect.change)
                text = source.path.read_text()
                if text in texts:
                    continue
                texts.add(text)
                self.say(f"{way}: trying {suspect.name}, line {suspect.line}")
                self.trials += 1
                made = self._warm(source, way, grown_steps, base.start)
                if suspect.keeps and not same(base, made, way, noise):
                    made.close()
                    continue
                yield suspect, source, made

    def _chosen(
        self, tried: list[tuple[Suspect, Source, Warm]], base: Warm
    ) -> tuple[Suspect, Source] | None:
        """Time all in turns with the program as it is; return the one to take."""
        if not tried:
            return None
        names = [f"{i}" for i in range(len(tried))]
        made = {"base": base} | dict(zip(names, (warm_ for *_, warm_ in tried), strict=True))
        try:
            times = _timed(made, LOOK_ROUNDS, LOOK_SECONDS * len(made) / 2)
        finally:
            for _, _, each in tried:
                each.close()
        helps = []
        for name, (suspect, source, _) in zip(names, tried, strict=True):
            ratio = times.ratio("base", name)
            if ratio.ratio > self._least(suspect):
                helps.append((times.step(name), suspect, source))
            else:
                self.refused.append(f"{suspect.name}, line {suspect.line}: {ratio.ratio:.2f} times")
        if not helps:
            return None
        best = min(seconds for seconds, *_ in helps)
        near = [h for h in helps if h[0] <= best * NEAR[h[1].rank]]
        _, suspect, source = min(near, key=lambda h: (h[1].rank, h[0]))
        return suspect, source

    def _confirmed(
        self, way: str, suspect: Suspect, source: Source, grown_steps: int
    ) -> tuple[SlowFinding, Source] | None:
        """Measure the one that was chosen once more, by fresh programs and more rounds."""
        self.say(f"{way}: measuring {suspect.name}, line {suspect.line}")
        least = self._least(suspect)
        for longer in (1, MORE):  # on a noisy machine fresh programs once more, for longer
            base = self._warm(self.source, way, grown_steps)
            cured = self._warm(source, way, grown_steps, base.start)
            try:
                times = _timed({"base": base, "cured": cured}, longer * ROUNDS, longer * SECONDS)
            finally:
                base.close()
                cured.close()
            ratio = times.ratio("base", "cured")
            holds = ratio.low > least or times.is_clear("base", "cured")
            if holds or ratio.ratio <= least:
                break
        if not holds:
            self.refused.append(f"{suspect.name}, line {suspect.line}: {ratio.ratio:.2f} times")
            return None
        before, after = 1e6 * times.step("base"), 1e6 * times.step("cured")
        code = difference(self.source, source)
        more = tuple(replace(self._line(n), role=role) for n, role in suspect.more)
        line = self._line(suspect.line)
        said = (suspect.name, suspect.words, line, suspect.remedy, code)
        return SlowFinding(way, *said, before, after, interval(ratio), more), source

    def _least(self, suspect: Suspect) -> float:
        return COUNTED_GAIN if suspect.counted else self.gain or GAIN

    def _line(self, number: int) -> Line:
        return Line(str(self.source.original), number, self.source.text(number))


def _suspects(scene: Scene, kind: Any) -> Iterator[Suspect]:
    """Yield the suspects of a kind, as far as it finds its way in the user's source."""
    with contextlib.suppress(CannotEditError):
        yield from kind.suspects(scene)


def _timed(made: dict[str, Warm], rounds: int, seconds: float) -> Times:
    runners = {name: each.runner for name, each in made.items()}
    return in_turns(runners, {name: each.about for name, each in made.items()}, rounds, seconds)


def _watch(spy: Spy, made: Warm, way: str, pair: Pair) -> None:
    """Let a program go on for a few steps, or two epochs, or a call, under a spy."""
    seen: Seen = spy.seen
    if way == FIT and hasattr(made.runner, "pair"):
        data = pair.data
        with spy.watching():
            made.program.fit(data.x, data.y, epochs=2, batch_size=pair.batch_size)
        seen.steps = 2
        return
    begin = time.perf_counter()
    for _ in range(WATCHED_STEPS if way == STEP else 1):
        if time.perf_counter() - begin > WATCHED_SECONDS:
            return
        with spy.watching():
            made.runner.take(1)
        seen.steps += 1


def interval(ratio: Ratio) -> Interval:
    """Return a ratio as plain data."""
    return Interval(ratio.ratio, ratio.low, ratio.high, ratio.blocks)

"""Say why a loop is slow, in this process: each way beside the reference, then the causes."""

import time
from dataclasses import dataclass, replace
from pathlib import Path

from bench.diagnose.pair import Data, Pair, pair_of_files, rows
from bench.diagnose.programs import KerasProgram, Program
from bench.host.progress import Say
from bench.slow.climb import ROUNDS, SECONDS, SLOWER, Climb, interval
from bench.slow.finding import FAST, SLOW, UNDECIDED, Interval, SpeedDiagnosis, Way
from bench.slow.source import Source, source_of
from bench.slow.trial import warm
from bench.slow.turns import in_turns
from bench.slow.ways import FIT, STEP, TRAINING, built, runner_of, ways_of

MOST_BATCHES = 40
"""Of an epoch: an epoch is timed several times in each trial."""


@dataclass(frozen=True)
class Asked:
    """What is asked: the files and names of ``bench.diagnose.worker.Request``."""

    files: tuple[str, ...]
    loop: str
    reference: str
    data: str
    seconds: float


def diagnose_speed(asked: Asked, folder: Path, say: Say) -> SpeedDiagnosis:
    """Say why the loop of a pair is slow, or that it is not.

    Args:
        folder: where edited texts are written.
        say: told what is being done.

    Raises:
        UserError: a program cannot be built or run.
    """
    begin = time.monotonic()
    pair = shortened(pair_of_files(asked.files, asked.loop, asked.reference, asked.data))
    file, loop = loop_of(asked)
    source = source_of(file, folder)
    climb = Climb(source, loop, pair, begin + asked.seconds, say)
    reference, ours = built(pair.reference, "reference", pair), built(pair.loop, "loop", pair)
    ways = []
    for name in ways_of(ours, reference):
        ways.append(_way(climb, name, reference, source))
    return _answer(climb, source, ways, reference, time.monotonic() - begin)


def loop_of(asked: Asked) -> tuple[Path, str]:
    """Return the file that the loop is in, and its name there."""
    file, _, name = asked.files[0].partition(":")
    return Path(file).resolve(), name or asked.loop


def shortened(pair: Pair) -> Pair:
    """Return a pair with an epoch of some batches: what a step costs shows in these."""
    most = MOST_BATCHES * pair.batch_size
    if len(pair.data) <= most:
        return pair
    data, few = pair.data, slice(0, most)
    weight = None if data.weight is None else data.weight[few]
    cut = Data(rows(data.x, few), rows(data.y, few), data.x_test, data.y_test, weight)
    return replace(pair, data=cut)


def _way(climb: Climb, name: str, reference: Program, source: Source) -> Way:
    """Time a way beside the reference, look for what makes it slow, and time it again."""
    climb.say(f"{name}: beside the reference")
    before = beside(climb, name, reference, source)
    now, found = before, len(climb.findings)
    if name in TRAINING and climb.source is not source:  # as far as it is cured already
        now = beside(climb, name, reference, climb.source)
    climb.up(name, now.verdict == SLOW, now.times.ratio, before.reference_us)
    if len(climb.findings) == found:
        return before if now is before else cured(before, now)
    after = beside(climb, name, reference, climb.source)
    return cured(before, after)


def cured(before: Way, after: Way) -> Way:
    """Return a way with what it takes once it is cured."""
    return replace(before, cured_us=after.loop_us, cured_times=after.times)


def beside(climb: Climb, name: str, reference: Program, source: Source) -> Way:
    """Return how a text's program compares with the reference."""
    ours = warm(source, climb.loop, name, climb.pair)
    theirs = runner_of(reference, name if name not in TRAINING else _training(reference, name),
                       climb.pair)  # fmt: skip
    try:
        theirs.take(3)
        first = theirs.take(3)
        about = {"loop": ours.about, "reference": max(first.seconds / first.steps, 1e-6)}
        times = in_turns({"loop": ours.runner, "reference": theirs}, about, ROUNDS, SECONDS)
    finally:
        ours.close()
        theirs.close()
    ratio = interval(times.ratio("loop", "reference"))
    loop_us, reference_us = (1e6 * times.step(n) for n in ("loop", "reference"))
    return Way(name, loop_us, reference_us, ratio, _verdict(ratio))


def _training(reference: Program, name: str) -> str:
    """Return how the reference trains: a Keras model by ``fit``, another as the loop does."""
    if isinstance(reference, KerasProgram):
        return FIT
    return name if name in ways_of(reference, reference) else STEP


def _verdict(times: Interval) -> str:
    if times.low > SLOWER:
        return SLOW
    return FAST if times.high <= SLOWER else UNDECIDED


def _answer(
    climb: Climb, source: Source, ways: list[Way], reference: Program, seconds: float
) -> SpeedDiagnosis:
    verdicts = {way.verdict for way in ways}
    verdict = SLOW if climb.findings or SLOW in verdicts else (
        UNDECIDED if UNDECIDED in verdicts or not ways else FAST)  # fmt: skip
    limits = []
    if climb.late:
        limits.append("the time for trying causes was over: raise --timeout to try more")
    if getattr(reference.thing, "run_eagerly", False):
        limits.append("the reference is compiled with run_eagerly=True: it is the slow one there")
    cured = climb.source.path.read_text() if climb.findings else ""
    findings = sorted(
        climb.findings, key=lambda f: TRAINING.index(f.way) if f.way in TRAINING else 9
    )
    facts = {"seconds": round(seconds, 1), "trials": climb.trials}
    return SpeedDiagnosis(verdict, tuple(ways), tuple(findings), tuple(climb.refused),
                          tuple(limits), facts, cured)  # fmt: skip

"""What is found of a slow program: plain data that can cross a process."""

from dataclasses import asdict, dataclass, field
from typing import Any

from bench.diagnose.finding import Line

FAST, SLOW, UNDECIDED = "fast", "slow", "not decided"
EXIT_CODES = {FAST: 0, SLOW: 1, UNDECIDED: 3}
SCHEMA = 1


@dataclass(frozen=True)
class Interval:
    """A ratio of two times with its 95 % interval."""

    ratio: float
    low: float
    high: float
    rounds: int


@dataclass(frozen=True)
class Way:
    """How a way was timed beside the reference.

    Attributes:
        name: step, fit, predict or evaluate.
        loop_us, reference_us: microseconds of a step or a call, before any cure.
        times: the loop's over the reference's.
        cured_us, cured_times: the same with all cures in it; None where there is none.
        verdict: fast, slow or not decided, before any cure.
    """

    name: str
    loop_us: float
    reference_us: float
    times: Interval
    verdict: str
    cured_us: float | None = None
    cured_times: Interval | None = None


@dataclass(frozen=True)
class SlowFinding:
    """One cause, taken away and timed.

    Attributes:
        way: in which it was found.
        cause: the name of its kind.
        words: what is slow.
        line: the user's line at fault; ``more`` others that have to do with it.
        remedy: what to do, in words; ``code`` the edit that was timed.
        before_us, after_us: a step with the cause and without it.
        gain: how many times as long the step takes with the cause.
    """

    way: str
    cause: str
    words: str
    line: Line
    remedy: str
    code: str
    before_us: float
    after_us: float
    gain: Interval
    more: tuple[Line, ...] = ()

    @property
    def cost_us(self) -> float:
        """What the cause costs a step."""
        return self.before_us - self.after_us

    def share(self) -> tuple[float, float, float]:
        """Return the cost as a share of the step, with its interval."""
        of = [1 - 1 / max(v, 1e-9) for v in (self.gain.ratio, self.gain.low, self.gain.high)]
        return of[0], of[1], of[2]


@dataclass(frozen=True)
class SpeedDiagnosis:
    """The answer to: why is this loop slow?

    Attributes:
        verdict: fast, slow or not decided.
        ways: how the loop compares with the reference.
        findings: what makes it slow, what helps most first.
        tried: what was taken away without any gain beyond the noise.
        limits: what was cut short.
        facts: seconds, trials.
        cured: the text of the file with all cures in it; empty where there is none.
    """

    verdict: str
    ways: tuple[Way, ...] = ()
    findings: tuple[SlowFinding, ...] = ()
    tried: tuple[str, ...] = ()
    limits: tuple[str, ...] = ()
    facts: dict[str, Any] = field(default_factory=dict)
    cured: str = ""

    @property
    def exit_code(self) -> int:
        """Of ``gvk diagnose --speed``."""
        return EXIT_CODES[self.verdict]

    def to_dict(self) -> dict[str, Any]:
        """Return plain values, under a versioned schema."""
        return {"speed_schema": SCHEMA, **asdict(self)}

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> "SpeedDiagnosis":
        """Return the answer that ``to_dict`` wrote."""
        return cls(
            verdict=values["verdict"],
            ways=tuple(_way(w) for w in values["ways"]),
            findings=tuple(_finding(f) for f in values["findings"]),
            tried=tuple(values["tried"]),
            limits=tuple(values["limits"]),
            facts=values["facts"],
            cured=values["cured"],
        )


def _way(values: dict[str, Any]) -> Way:
    cured = values["cured_times"]
    return Way(**{**values, "times": Interval(**values["times"]),
                  "cured_times": Interval(**cured) if cured else None})  # fmt: skip


def _finding(values: dict[str, Any]) -> SlowFinding:
    lines = {"line": Line(**values["line"]), "more": tuple(Line(**m) for m in values["more"])}
    return SlowFinding(**{**values, **lines, "gain": Interval(**values["gain"])})

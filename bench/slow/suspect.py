"""A suspect: what may make a loop slow, and the edit of its source that takes it away."""

from dataclasses import dataclass, field

from bench.slow.source import Change, Source
from bench.slow.spy import Seen

SURE, LIKELY, FALLBACK = 0, 1, 2
"""Which of several that help alike is taken: what was counted, what is usual, what only shows."""


@dataclass(frozen=True)
class Suspect:
    """Something to take away.

    Attributes:
        name: of its kind, such as ``retraced``.
        words: one line: what is slow, with what was counted.
        line: of the user's file.
        remedy: what to do, in words.
        change: the edit.
        rank: ``SURE``, ``LIKELY`` or ``FALLBACK``.
        counted: whether its kind alone is evidence, however fast the program is otherwise.
        more: other lines that have to do with it: (line, role).
        keeps: whether the program's numbers are to be the same without it.
    """

    name: str
    words: str
    line: int
    remedy: str
    change: Change
    rank: int = LIKELY
    counted: bool = False
    more: tuple[tuple[int, str], ...] = ()
    keeps: bool = True


@dataclass(frozen=True)
class Scene:
    """What suspects are found from.

    Attributes:
        source: of the program, as it was watched.
        seen: beneath its lines, in a few steps.
        way: what was walked.
        growing: names of containers that grow, and by how many a step.
        grown: how many ops a step puts into a TensorFlow 1 graph.
    """

    source: Source
    seen: Seen
    way: str
    growing: dict[str, float] = field(default_factory=dict)
    grown: float = 0.0

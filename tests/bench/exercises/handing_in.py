"""Files as who learns hands them in."""

from textwrap import dedent, indent

from bench.exercises.gaps import regions
from bench.exercises.submission import Submission
from bench.exercises.tasks import gaps_of, written


def filled(name: str, codes: dict[int, str], solved: bool = True) -> Submission:
    """Return an exercise with some gaps filled, the others solved or open."""
    text = written(name, solved=solved)
    for number, code in codes.items():
        lines = text.splitlines()
        region = next(r for r in regions(text) if r.number == number)
        lines[region.begin : region.end - 1] = indented(code, gaps_of(name)[number].indent)
        text = "\n".join(lines) + "\n"
    return Submission(name, text)


def indented(code: str, before: str) -> list[str]:
    """Return code in lines, as deep as its gap."""
    return indent(dedent(code), before).splitlines()

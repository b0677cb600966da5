"""The task of an exercise in words, and the files that are written from it and its solution."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from textwrap import wrap

from bench.exercises.gaps import Gap, parts

LIBRARY = Path(__file__).parent / "library"
LANGUAGES = ("en", "fr")
GAP_WORD = {"en": "gap", "fr": "trou"}
CLOSING = {
    "en": "Fill the gaps between `# >>>` and `# <<<`, each with a line or a few; leave the marks. "
    "The file runs as it is. Run it to see it learn, and ask for an answer by",
    "fr": "Remplissez les trous entre `# >>>` et `# <<<`, chacun d'une ligne ou de quelques-unes ; "
    "laissez les marques. Le fichier tourne tel quel. Lancez-le pour le voir apprendre, et "
    "demandez une réponse par",
}
WIDTH = 98


@dataclass(frozen=True)
class Task:
    """A task in one language.

    Attributes:
        title: one line.
        text: the paragraphs before the first gap.
        gaps: title and paragraphs of each gap, by its number.
    """

    title: str
    text: tuple[str, ...]
    gaps: dict[int, tuple[str, tuple[str, ...]]]


@cache
def task(name: str, language: str = "en") -> Task:
    """Return the task of an exercise: ``# title``, text, then ``## 1. title`` and text a gap."""
    whole = (LIBRARY / name / f"task.{language}.md").read_text(encoding="utf-8")
    head, *sections = re.split(r"^## ", whole, flags=re.M)
    title, *text = _paragraphs(head.removeprefix("# "))
    gaps = {}
    for section in sections:
        line, *told = _paragraphs(section)
        number, _, named = line.partition(". ")
        gaps[int(number)] = (named, tuple(told))
    return Task(title, tuple(text), gaps)


def _paragraphs(text: str) -> list[str]:
    return [block.strip("\n") for block in re.split(r"\n\s*\n", text.strip("\n")) if block.strip()]


@cache
def solution_parts(name: str) -> tuple[str | Gap, ...]:
    """Return the solution of an exercise in lines and gaps."""
    return tuple(parts((LIBRARY / name / "solution.py").read_text(encoding="utf-8")))


def gaps_of(name: str) -> dict[int, Gap]:
    """Return the gaps of an exercise by their numbers."""
    return {part.number: part for part in solution_parts(name) if isinstance(part, Gap)}


def written(name: str, language: str = "en", solved: bool = False) -> str:
    """Return the file of an exercise, its gaps open, or filled if it is ``solved``."""
    told = task(name, language)
    lines = ['"""' + told.title + ".", ""]
    closing = f"{CLOSING[language]} `gvk grade FILE`."
    for paragraph in (*told.text, closing):
        lines += [*_wrapped(paragraph, ""), ""]
    lines[-1] = '"""'
    for part in solution_parts(name)[1:]:  # its docstring is the task here
        lines += [part] if isinstance(part, str) else _gap(part, told, language, solved)
    return "\n".join(lines) + "\n"


def _gap(gap: Gap, told: Task, language: str, solved: bool) -> list[str]:
    title, text = told.gaps[gap.number]
    word, comment = GAP_WORD[language], f"{gap.indent}# "
    lines = [f"{comment}>>> {word} {gap.number}: {title}"]
    for paragraph in text:
        lines += _wrapped(paragraph, comment)
    return [*lines, *(gap.solution if solved else gap.opened), f"{comment}<<< {word} {gap.number}"]


def _wrapped(paragraph: str, before: str) -> list[str]:
    """Return a paragraph in lines; one that is indented, such as a formula, as it stands."""
    if paragraph.startswith("    "):
        return [(before + line).rstrip() for line in paragraph.splitlines()]
    return wrap(
        " ".join(paragraph.split()), WIDTH, initial_indent=before, subsequent_indent=before,
        break_long_words=False, break_on_hyphens=False,
    )  # fmt: skip

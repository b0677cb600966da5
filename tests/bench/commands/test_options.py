"""Every option of every verb refuses a bad value: one line that names it, exit code 2."""

import click
import pytest

from bench.cli import gvk as group
from bench.commands.click_options import Counts, Percent

ARGUMENTS = {"model": "mlp", "run_a": "a", "run_b": "b", "name": "mnist", "report": "mnist",
             "files": "pair.py", "file": "own.py", "folder": "."}  # fmt: skip


def verbs(command=group, name=()):
    """Yield every command that does something, with the words that call it."""
    if isinstance(command, click.Group):
        for word, each in command.commands.items():
            yield from verbs(each, (*name, word))
    else:
        yield name, command


def bad_value(kind):
    """Return what an option of a type has to refuse, or None where any text may be right."""
    if isinstance(kind, click.Choice):
        return "warp"
    if isinstance(kind, click.IntRange | click.FloatRange):
        return str(kind.min - 1)
    if isinstance(kind, Percent | Counts):
        return "300%"
    if kind in (click.INT, click.FLOAT):
        return "many"
    if isinstance(kind, click.Path) and not (kind.file_okay and kind.dir_okay):
        return "." if kind.file_okay else "file"  # a folder for a file, a file for a folder
    return None


def refusals():
    """Yield words that call a verb, one option of it, and a value that this has to refuse."""
    for words, command in verbs():
        for option in command.params:
            if isinstance(option, click.Option) and not option.is_flag:
                yield words, option.opts[-1], bad_value(option.type)


REFUSALS = {f"{' '.join(words)} {name}": (words, name, bad) for words, name, bad in refusals()}
TEXT = {"--dataset", "--name", "--device", "--limit", "--loop", "--reference", "--data", "--peers",
        "--scheduler"}  # fmt: skip
"""What is no more than text to the parser; ``test_bad_input`` and its like try these."""


def test_an_option_that_takes_any_text_is_one_of_these():
    assert {name for _, name, bad in REFUSALS.values() if bad is None} <= TEXT


@pytest.mark.parametrize("case", [case for case, (*_, bad) in REFUSALS.items() if bad is not None])
def test_a_bad_value_is_one_line_that_names_the_option_and_exit_2(gvk, tmp_path, case):
    (tmp_path / "file").write_text("mine")
    words, name, bad = REFUSALS[case]
    command = dict(verbs())[words]
    given = [ARGUMENTS[p.name] for p in command.params if isinstance(p, click.Argument)]
    code, out, err = gvk(*words, *given, name, bad)
    assert (code, out) == (2, "")
    assert err.startswith("gvk: ")
    assert err.count("\n") == 1
    assert name in err
    assert (tmp_path / "file").read_text() == "mine"

"""``gvk`` as a user meets it: what it lists, and its exit codes."""

import json

import pytest

from bench.cli import gvk as group
from bench.specs import MODELS


def test_models_lists_the_registry(gvk):
    code, out, _ = gvk("models", "--json", "models.json")
    assert code == 0
    assert "784-64-32-16-10" in out
    with open("models.json") as file:
        found = json.load(file)
    assert (found["schema"], found["verb"], len(found["models"])) == (1, "models", len(MODELS))


@pytest.mark.parametrize("columns", ["60", "80", "120"])
def test_the_list_of_commands_tells_each_in_whole_sentences(gvk, monkeypatch, columns):
    monkeypatch.setenv("COLUMNS", columns)
    code, out, _ = gvk("--help")
    assert code == 0
    listed = out.split("Commands:")[1]
    assert "..." not in listed
    for name, command in group.commands.items():
        assert name in listed
        first = (command.help or "").split("\n\n")[0].split(". ")[0].removesuffix(".")
        assert " ".join(first.split()) in " ".join(listed.split())


def test_check_says_what_is_here(gvk):
    code, out, _ = gvk("check")
    assert code == 0
    for word in ("tensorflow", "keras", "gpu", "onednn", "XLA", "data set digits", "threads"):
        assert word in out


def test_check_fails_where_the_workshop_does_not_run(gvk, monkeypatch):
    monkeypatch.setattr("bench.commands.check._smoke", lambda: False)
    monkeypatch.setattr("bench.commands.check._WORKSHOP", {False: "works, says the text"})
    assert gvk("check")[0] == 1


def test_an_interrupt_exits_with_130(gvk, monkeypatch):
    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("bench.commands.models.run", interrupted)
    code, _, err = gvk("models")
    assert code == 130
    assert "interrupted" in err

"""``gvk`` as a user meets it: what it lists, and its exit codes."""

import json

from bench.specs import MODELS


def test_models_lists_the_registry(gvk):
    code, out, _ = gvk("models", "--json", "models.json")
    assert code == 0
    assert "784-64-32-16-10" in out
    with open("models.json") as file:
        found = json.load(file)
    assert (found["schema"], found["verb"], len(found["models"])) == (1, "models", len(MODELS))


def test_check_says_what_is_here(gvk):
    code, out, _ = gvk("check")
    assert code == 0
    for word in ("tensorflow", "keras", "gpu", "onednn", "XLA", "data set digits", "threads"):
        assert word in out


def test_an_interrupt_exits_with_130(gvk, monkeypatch):
    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("bench.commands.models.run", interrupted)
    code, _, err = gvk("models")
    assert code == 130
    assert "interrupted" in err

"""Models of the user's own, from the file that GVK_MODELS names."""

from pathlib import Path

import pytest

from bench import own_models

EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "own_model.py"


@pytest.fixture
def own(monkeypatch):
    """Return a function that names a file in GVK_MODELS."""

    def name(path):
        monkeypatch.setenv(own_models.VARIABLE, str(path))
        own_models._module.cache_clear()

    yield name
    own_models._module.cache_clear()


def test_the_example_is_proved_equal(gvk, own):
    own(EXAMPLE)
    code, out, err = gvk("parity", "relu-100", "--steps", "5", "--dataset", "digits")
    assert code == 0, err
    assert "parity     relu-100 raw step sgd: OK, 0 ULP over 5 steps" in out
    assert "relu-100" in gvk("models")[1]
    code, _, err = gvk("explain", "relu-100")
    assert (code, err.count("\n")) == (2, 1)


def test_a_fault_in_it_is_found_and_named(gvk, own, tmp_path):
    file = tmp_path / "mine.py"
    right = EXAMPLE.read_text()
    assert "return z_2, []" in right
    file.write_text(right.replace("return z_2, []", "return 2 * z_2, []"))
    own(file)
    code, out, _ = gvk("parity", "relu-100", "--steps", "2", "--dataset", "digits")
    assert code == 1
    assert next(line for line in out.splitlines() if line.startswith("DIFF")).split()[1] == "logits"


def test_one_with_an_accuracy_of_its_own_works_as_before(gvk, own, tmp_path):
    """Once every model had to define it, though nothing called it."""
    file = tmp_path / "mine.py"
    losses = "        def losses("
    accuracy = "        def accuracy(self, y, probabilities):\n            raise AssertionError\n\n"
    right = EXAMPLE.read_text()
    assert right.count(losses) == 1
    file.write_text(right.replace(losses, accuracy + losses))
    own(file)
    code, _, err = gvk("parity", "relu-100", "--steps", "1", "--dataset", "digits")
    assert code == 0, err


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("MODELS = 3", "MODELS has to be a dict"),
        ("1 / 0", "cannot be run (ZeroDivisionError"),
        ("import bench.specs as s; MODELS = {'mlp': s.MODELS['mlp']}", "'mlp' is taken"),
        ("import bench.specs as s; MODELS = {'x': s.MODELS['mlp']}", "'x' is taken, or is not"),
    ],
)
def test_a_file_that_is_not_what_it_should_be(gvk, own, tmp_path, text, words):
    file = tmp_path / "mine.py"
    file.write_text(text)
    own(file)
    code, _, err = gvk("models")
    assert (code, err.count("\n")) == (2, 1)
    assert words in err
    assert "GVK_MODELS=" in err


def test_without_twins_it_is_refused(gvk, own, tmp_path):
    file = tmp_path / "mine.py"
    file.write_text(EXAMPLE.read_text().split("def twins")[0])
    own(file)
    code, _, err = gvk("parity", "relu-100", "--steps", "1", "--dataset", "digits")
    assert code == 2
    assert "twins() has to return" in err
    own(tmp_path / "gone.py")
    assert "no such file" in gvk("models")[2]

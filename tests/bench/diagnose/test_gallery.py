"""Every known pair, with its fault and without, and every twin of this project."""

from pathlib import Path

import pytest

from bench.diagnose.scorecard import known
from bench.specs import MODELS, OPTIMIZERS

HERE = Path(__file__).parent
CASES = sorted((HERE / "cases").glob("*.py"))
MORE = sorted((HERE / "more").glob("*.py"))


@pytest.mark.full
@pytest.mark.parametrize("file", [*CASES, *MORE], ids=lambda f: f.stem)
def test_a_known_pair(blind, file):
    faulty = known(file)["KIND"] == "result"
    found = blind(file)
    assert found.verdict == ("disagree" if faulty else "agree"), str(found)
    assert all(f.confirmed for f in found.findings), str(found)


@pytest.mark.full
@pytest.mark.parametrize("file", CASES, ids=lambda f: f.stem)
def test_without_its_fault_a_pair_agrees(blind, file):
    found = blind(file, loop="fixed")
    assert found.verdict == "agree", str(found)


@pytest.mark.full
@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_the_twins_of_this_project_agree(model, optimizer):
    from bench import twins
    from bench.diagnose import diagnose
    from bench.prepare import dataset_for
    from bench.specs import default_config

    config = default_config(model, optimizer=optimizer, batch_size=32)
    weights = twins.initial_weights(config)

    class ByHand:
        def __init__(self):
            self.engine = twins.raw_engine(config, weights)
            self.variables = list(self.engine.model.variables.values())
            self.train_step = self.engine.train_on_batch

        def predict(self, x):
            return self.engine.predict(x, 64)

    data = dataset_for(config.spec, "digits", 112)
    (x, y), (xt, yt) = (twins.inputs_and_targets(config, d) for d in (data.train, data.test))
    keras = lambda: twins.keras_engine(config, weights).model  # noqa: E731
    found = diagnose(ByHand, keras, (x, y, xt[:32], yt[:32]), steps=3)
    assert found.verdict == "agree", str(found)

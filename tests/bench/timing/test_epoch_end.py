"""The ends of epochs, from when steps began; and of ``fit`` itself."""

import pytest

from bench import twins
from bench.data.for_model import dataset_for
from bench.specs import default_config
from bench.timing.epoch_end import ends_in, ends_of_fit


def begins(steps, end, at=0.0, step=0.25):
    """Return when the steps of an epoch began, and the first two of the next one."""
    own = [at + step * n for n in range(steps)]
    after = own[-1] + step + end
    return [*own, after, after + step]


def test_an_end_is_what_comes_on_top_of_the_steps():
    found = ends_in([begins(6, 0.5), begins(6, 0.25, at=9.0)])
    assert found["seconds"] == [0.5, 0.25]
    assert found["waits"] == [0.0, 0.0]
    assert found["without_wait"] == 0.375


def test_a_wait_is_counted_and_taken_out():
    found = ends_in([begins(6, end) for end in (0.5, 8.5, 0.5, 4.5)])
    assert found == {
        "epochs": 4,
        "seconds": [0.5, 8.5, 0.5, 4.5],
        "waits": [0.0, 8.0, 0.0, 4.0],
        "without_wait": 0.5,
    }


def test_milliseconds_of_a_busy_machine_are_no_wait():
    assert ends_in([begins(6, end) for end in (0.002, 0.04, 0.01)])["waits"] == [0.0] * 3


def test_a_last_call_of_fewer_steps_is_taken_as_such():
    cut = [time - 0.125 * (n > 5) for n, time in enumerate(begins(6, 0.5))]
    assert ends_in([cut], last=0.5)["seconds"] == [0.5]


@pytest.mark.parametrize("steps_per_execution", [1, pytest.param(2, marks=pytest.mark.full)])
def test_the_ends_of_a_fit_are_as_many_as_its_epochs_and_its_function_is_put_back(
    steps_per_execution,
):
    config = default_config("perceptron", batch_size=8, steps_per_execution=steps_per_execution)
    x, y = twins.inputs_and_targets(config, dataset_for(config.spec, "digits", 60).train)
    engine = twins.keras_engine(config, twins.initial_weights(config))
    engine.train(x, y, 8, 1)
    function, before = engine.model.train_function, int(engine.model.optimizer.iterations)
    steps = -(-len(x) // 8)
    found = ends_of_fit(engine.model, lambda epochs: engine.train(x, y, 8, epochs), steps, 3)
    assert found["epochs"] == len(found["seconds"]) == 3
    assert min(found["seconds"]) >= 0
    assert engine.model.train_function is function
    assert int(engine.model.optimizer.iterations) == before + 4 * steps

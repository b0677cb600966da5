"""The ends of epochs: from when calls began, and by block; and those of ``fit`` itself."""

import pytest

from bench import twins
from bench.data.for_model import dataset_for
from bench.records.epoch_end import ends_of, epoch_end
from bench.specs import default_config
from bench.timing.held import end_of
from bench.timing.runners import train_runner


def begins(steps, end, at=0.0, step=0.25):
    """Return when the steps of an epoch began, and the first two of the next one."""
    own = [at + step * n for n in range(steps)]
    after = own[-1] + step + end
    return [*own, after, after + step]


def test_an_end_is_what_comes_on_top_of_the_steps():
    assert end_of(begins(6, 0.5)) == 0.5
    assert end_of(begins(6, 0.25, at=9.0)) == 0.25


def test_a_last_call_of_fewer_steps_is_taken_as_such():
    cut = [time - 0.125 * (n > 5) for n, time in enumerate(begins(6, 0.5))]
    assert end_of(cut, last=0.5) == 0.5


def test_a_wait_is_counted_and_taken_out():
    assert epoch_end([[0.5, 8.5], [0.75], [4.625]]) == {
        "epochs": 4,
        "seconds": [0.5, 8.5, 0.75, 4.625],
        "waits": [0.0, 7.875, 0.0, 4.0],
        "without_wait": 0.625,
        "by_block": [0.5, 0.75, 0.625],  # where all of a block waited it is the mean of all blocks
    }


def test_milliseconds_of_a_busy_machine_are_no_wait():
    assert epoch_end([[0.002, 0.04, 0.01]])["waits"] == [0.0] * 3


def test_a_copy_has_the_ends_of_its_like_and_other_arms_have_none():
    blocks = [{"ends": {"keras fit": [0.5]}}, {"ends": {"keras fit": [0.25]}}]
    assert ends_of("keras fit again", blocks) == ends_of("keras fit", blocks)
    assert ends_of("raw step", blocks) is None
    assert ends_of("keras fit", [{"ends": None}, {}]) is None


@pytest.mark.parametrize("steps_per_execution", [1, pytest.param(2, marks=pytest.mark.full)])
def test_fit_goes_on_over_whole_epochs_and_tells_the_end_of_each(steps_per_execution):
    config = default_config("perceptron", batch_size=8, steps_per_execution=steps_per_execution)
    x, y = twins.inputs_and_targets(config, dataset_for(config.spec, "digits", 60).train)
    engine = twins.keras_engine(config, twins.initial_weights(config))
    steps = -(-len(x) // 8)
    runner = train_runner(engine, "fit", x, y, config, 0.0)
    runner.take(2)
    iterations = engine.model.optimizer.iterations
    before, place = int(iterations), runner._place
    ends = runner.ends(3)
    assert len(ends) == 3
    assert min(ends) >= 0
    to_the_end = (runner.calls - place) * steps_per_execution
    least = to_the_end + 3 * steps - steps_per_execution  # an epoch's last call may have fewer
    assert least <= int(iterations) - before <= to_the_end + 3 * steps + steps_per_execution
    runner.take(2)  # and is held again
    runner.close()

"""A loop held between two steps, and ``fit`` held so."""

import numpy as np
import pytest

from bench import twins
from bench.data.for_model import dataset_for
from bench.proof.exact_mode import set_exact
from bench.specs import default_config
from bench.timing.held import HeldRunner
from bench.timing.runners import fit_runner
from tests.quick import quick_are

STEPS = 5


class Loop:
    """A loop of somebody else's that notes its calls."""

    def __init__(self, epochs=None, fails_at=None):
        self.calls, self.epochs, self.fails_at = [], epochs, fails_at

    def step(self, epoch, n):
        if (epoch, n) == self.fails_at:
            raise ZeroDivisionError(f"step {n}")
        self.calls.append((epoch, n))

    def run(self, epochs):
        for epoch in range(self.epochs or epochs):
            for n in range(STEPS):
                self.step(epoch, n)


def held(loop, steps_a_call=1):
    return HeldRunner(loop, "step", loop.run, STEPS * steps_a_call, steps_a_call)


def test_a_slice_is_so_many_steps_within_an_epoch():
    loop = Loop()
    runner = held(loop)
    first = runner.take(2)
    assert first.steps == 2
    assert first.seconds > 0
    assert loop.calls == [(0, 0), (0, 1), (0, 2)]  # the first of an epoch is in no slice
    runner.take(2)  # would end with the epoch's last
    assert loop.calls[-3:] == [(1, 0), (1, 1), (1, 2)]
    assert runner.take(100).steps == STEPS - 2
    assert loop.calls[-1] == (2, 3)
    runner.close()


def test_it_stands_still_between_two_slices_and_after_the_last():
    loop = Loop()
    runner = held(loop)
    runner.take(1)
    made = list(loop.calls)
    runner.close()
    assert loop.calls == made
    runner.take(1)  # a new loop
    assert loop.calls == [*made, (0, 0), (0, 1)]
    runner.close()


def test_the_function_is_put_back():
    loop = Loop()
    before = loop.step
    runner = held(loop)
    runner.take(1)
    assert loop.step != before
    runner.close()
    assert loop.step == before


def test_a_call_may_be_several_steps():
    runner = held(Loop(), steps_a_call=32)
    assert runner.take(1).steps == 32
    assert runner.take(64).steps == 64
    runner.close()


def test_what_the_loop_raises_reaches_who_waits_for_the_slice():
    runner = held(Loop(fails_at=(0, 2)))
    runner.take(1)
    with pytest.raises(ZeroDivisionError, match="step 2"):
        runner.take(2)
    runner.close()


def test_a_loop_that_ends_by_itself_is_no_slice():
    runner = held(Loop(epochs=1))
    with pytest.raises(RuntimeError, match="ended before"):
        [runner.take(2) for _ in range(3)]


def test_an_epoch_has_to_be_long_enough():
    with pytest.raises(ValueError, match="2 calls"):
        HeldRunner(Loop(), "step", Loop().run, 64, 32)


@pytest.mark.parametrize("model", quick_are(["mlp", "mlp-dropout", "convnet-full"], "mlp-dropout"))
@pytest.mark.parametrize("steps_per_execution", quick_are([1, 2], 1))
def test_a_fit_that_was_held_ends_in_the_bits_of_one_that_was_not(model, steps_per_execution):
    config = default_config(model, steps_per_execution=steps_per_execution, batch_size=8)
    set_exact(config)
    data = dataset_for(config.spec, "digits", 8 * 8 - 3)
    x, y = twins.inputs_and_targets(config, data.train)
    weights = twins.initial_weights(config)

    def built(epochs_of):
        """Return an engine, and how it fits: unshuffled, so that both see the same batches."""
        engine = twins.keras_engine(config, weights)
        return engine, lambda epochs: engine.model.fit(
            x, y, batch_size=8, epochs=epochs_of(epochs), shuffle=False, verbose=0
        )

    engine, fit = built(lambda endless: endless)
    runner = fit_runner(engine.model, fit, steps=8)
    calls = 0
    for steps in (1, 3, 2, 4, 2):  # over two ends of an epoch
        runner.take(steps)
    calls = int(engine.model.optimizer.iterations.numpy())
    runner.close()
    assert calls == int(engine.model.optimizer.iterations.numpy())
    whole, rest = divmod(calls, 8)

    plain, fit = built(lambda epochs: epochs)
    fit(whole)
    if rest:
        plain.model.fit(x[: 8 * rest], y[: 8 * rest], batch_size=8, shuffle=False, verbose=0)
    held_weights, weights = engine.get_weights(), plain.get_weights()
    assert whole
    assert all(np.array_equal(held_weights[name], weights[name]) for name in weights)

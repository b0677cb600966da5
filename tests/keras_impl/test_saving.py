"""An archive of Keras holds the model as it was compiled; ``tests/bench`` goes on training it."""

import numpy as np

from keras_impl.fitting import TrainOnBatch
from keras_impl.saving import load, save
from tests.keras_impl.little import LOSS, built, samples


def test_layers_weights_slots_and_what_was_compiled_come_back(tmp_path):
    engine, (x, y) = TrainOnBatch(built("adam", 0.01)), samples()
    engine.train_on_batch(x, y)
    weights, slots = engine.get_weights(), engine.get_optimizer_state()
    save(tmp_path / "model.keras", engine.model)
    names = [layer.name for layer in engine.model.layers]

    engine.model = load(tmp_path / "model.keras")
    assert [layer.name for layer in engine.model.layers] == names
    assert (engine.model.loss, engine.model.jit_compile) == (LOSS, False)
    for kept, found in ((weights, engine.get_weights()), (slots, engine.get_optimizer_state())):
        assert kept.keys() == found.keys()
        assert all(np.array_equal(kept[name], found[name]) for name in kept)

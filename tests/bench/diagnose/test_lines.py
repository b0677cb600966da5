"""The line that is named first, over pairs whose faulty line is known.

Of the workshop's pairs (`cases`) ``test_gallery.py`` looks at it: it diagnoses them anyway.
"""

from pathlib import Path

import pytest

from bench.diagnose.marks import known
from tests.bench.diagnose.named import not_named_first

HERE = Path(__file__).parent
QUICK = ("own_cases/scores_taken_for_probabilities", "own_cases/reported_loss_without_penalty")
"""A setting of an object, and a line without an op."""
BESIDE = [
    "accumulation_summed",
    "attention_unscaled",
    "batches_used_up",
    "convnet_one_after_another",
    "decay_not_times_rate",
    "frozen_layer_trained",
    "huber_delta_default",
    "inputs_by_sorted_name",
    "leaky_slope_default",
    "lstm_order_of_gates",
    "mlp_dropout_keep_rate",
    "mlp_dropout_same_mask",
    "mlp_global_step",
    "mlp_numpy_in_tape",
    "mlp_optimizer_rebuilt",
    "mlp_softmax_axis",
    "outputs_weighted_alike",
    "own_step_drops_weights",
    "perceptron_bias_summed",
    "perceptron_error_slope",
    "perceptron_swapped_arguments",
    "rnn_state_carried",
]
"""Of `own_cases` those by which the rules were made, one a rule."""
HELD = [
    "convnet_norm_axis_rows",
    "distillation_without_t_squared",
    "focal_alpha_both_classes",
    "mlp_error_through_new_weights",
]
"""Of `held_out`: a layer's setting, a part of a loss, a number handed on, a read after a write."""
UNSEEN = ["adam_copied_decay", "batches_across_epochs", "biases_decay_too", "target_moves_along"]
"""Of `unseen`: an op of an update by hand, an epoch's end, a list, what the reference holds."""
PLACED = [
    *(HERE / "own_cases" / f"{name}.py" for name in BESIDE[::2]),
    *(HERE / "held_out" / f"{name}.py" for name in HELD),
    *(HERE / "unseen" / f"{name}.py" for name in UNSEEN),
]


@pytest.mark.parametrize("name", QUICK)
def test_the_line_at_fault_is_named_first(blind, name):
    file = HERE / f"{name}.py"
    found = blind(file)
    assert not_named_first(file, found) == [], str(found)


@pytest.mark.full
@pytest.mark.parametrize("file", PLACED, ids=lambda file: file.stem)
def test_the_line_of_every_known_pair_is_named_first(blind, file):
    if known(file).kind == "result":
        found = blind(file)
        assert not_named_first(file, found) == [], str(found)

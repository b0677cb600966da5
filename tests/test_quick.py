"""What ``make test`` still covers when the whole matrix is left out.

Each table names tests that have to be among those that ``make test`` runs. An entry of a registry
that none of them meets, a verb without its test, or one of them marked ``full``: it is found here.
"""

import pytest

from bench.cli import gvk
from bench.peers.names import PEERS
from bench.specs import (
    GRADIENTS,
    KERAS_ENGINES,
    KERNELS,
    MODELS,
    OPTIMIZERS,
    RAW_ENGINES,
    REDUCTIONS,
)
from tests.bench.commands.test_bad_input import BAD

PROOF, COMMANDS = "tests/bench/proof/", "tests/bench/commands/"
MATRIX = PROOF + "test_matrix.py::test_every_"

REGISTRIES = {
    "models": (MODELS, MATRIX + "engine_ends_in_the_bits_of_fit", "model"),
    "optimizers": (OPTIMIZERS, MATRIX + "engine_ends_in_the_bits_of_fit", "optimizer"),
    "Keras engines": (KERAS_ENGINES, MATRIX + "keras_engine_ends_in_the_bits_of_the_raw_one_"
                      "unless_it_is_said_why", "keras_engine"),
    "raw engines": (RAW_ENGINES, "tests/rawtf/test_engines.py::test_a_probe_shows_what_the_step_"
                    "then_does", "engine"),
    "kernels": (KERNELS, PROOF + "test_noise_floor.py::test_formulas_drift_no_further_than_"
                "rounding_drives_a_model_from_itself", "kernels"),
    "gradients": (GRADIENTS, PROOF + "test_noise_floor.py::test_formulas_drift_no_further_than_"
                  "rounding_drives_a_model_from_itself", "gradients"),
    "reductions": (REDUCTIONS, "tests/rawtf/test_reduction.py::test_a_sum_has_the_bits_of_its_"
                   "order", "name"),
    "peers": (PEERS, "tests/bench/peers/test_names.py::test_every_way_has_its_file", "name"),
    "bad input": (BAD, COMMANDS + "test_bad_input.py::test_bad_input_is_one_line_and_exit_2_before_"
                  "any_training", "case"),
}  # fmt: skip
"""Of each registry: its entries, the test that meets them, and the parameter that names them."""

VERBS = {
    "train": COMMANDS + "test_train.py::test_exact_training_saves_the_same_file_on_both_sides"
    "[perceptron]",
    "parity": COMMANDS + "test_parity.py::test_parity_prints_a_line_a_tensor",
    "accuracy": "tests/bench/training/test_seeds.py::test_one_seed_is_inconclusive_and_"
    "exits_with_3",
    "bench": COMMANDS + "test_bench.py::test_a_bench_is_stored_reported_verified_and_compared",
    "gpu": "tests/bench/devices/test_devices.py::test_without_a_gpu_it_ends_in_a_line",
    "ladder": "tests/bench/ladder/test_measure.py::test_the_verb_stores_its_records_and_takes_them_"
    "up_again",
    "law": "tests/bench/law/test_measure.py::test_the_command_fits_a_law_and_stores_it",
    "tune": "tests/bench/dials/test_measure.py::test_the_verb_stores_reports_is_verified_and_takes_"
    "up_what_it_has",
    "floor": "tests/bench/floor/test_measure.py::test_the_verb_proves_times_stores_and_shows",
    "growth": "tests/bench/growth/test_measure.py::test_the_command_measures_stores_reports_and_"
    "verifies",
    "scaling": "tests/bench/scaling/test_measure.py::test_the_verb_proves_times_stores_and_shows",
    "explain": "tests/bench/explain/test_explain.py::test_the_command_needs_no_records",
    "diagnose": "tests/bench/diagnose/test_diagnose_command.py::test_the_template_agrees_with_"
    "itself_and_names_its_fault_once_it_has_one",
    "scorecard": "tests/bench/diagnose/test_diagnose_command.py::test_a_scorecard_counts",
    "calibrate": COMMANDS + "test_calibrate.py::test_a_part_is_tried_stored_and_reported",
    "verify": "tests/bench/report/test_verify.py::test_the_command_line_says_0_then_1",
    "compare": "tests/bench/timing/test_compare_runs.py::test_a_report_stands_for_its_latest_"
    "complete_run",
    "report": COMMANDS + "test_bench.py::test_a_bench_is_stored_reported_verified_and_compared",
    "check": "tests/bench/test_cli.py::test_check_says_what_is_here",
    "models": "tests/bench/test_cli.py::test_models_lists_the_registry",
    "exercise": "tests/bench/exercises/test_commands.py::test_a_skeleton_is_written_once",
    "grade": "tests/bench/exercises/test_commands.py::test_a_grade_says_what_holds_and_keeps_the_"
    "answer_back",
    "notebook": "tests/bench/notebooks/test_notebooks.py::test_a_script_needs_no_extra_and_a_"
    "notebook_says_that_it_does",
    "data": "tests/bench/data/test_fetch.py::test_the_command_fetches_and_says_where",
}  # fmt: skip


@pytest.fixture
def quick(whole_suite):
    """Return the parameters of each test that ``make test`` runs, by its id."""
    return {item.nodeid: getattr(item, "callspec", None) for item in whole_suite
            if not item.get_closest_marker("full")}  # fmt: skip


@pytest.mark.parametrize("name", REGISTRIES)
def test_every_entry_of_a_registry_is_met_by_a_quick_test(name, quick):
    entries, test, parameter = REGISTRIES[name]
    met = {spec.params[parameter] for test_id, spec in quick.items()
           if test_id.split("[")[0] == test}  # fmt: skip
    assert met == set(entries), f"{test} leaves out {set(entries) - met} in make test"


def test_every_verb_has_a_quick_test(quick):
    assert VERBS.keys() == gvk.commands.keys()
    assert [test for test in VERBS.values() if test not in quick] == []

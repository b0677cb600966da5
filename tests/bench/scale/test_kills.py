"""The script that kills trainings at random moments tells an undisturbed end from another."""

import re

import pytest
from click.testing import CliRunner

from bench.scale import kills


@pytest.mark.full
def test_trainings_that_were_killed_end_in_the_bits_of_undisturbed_ones():
    said = CliRunner().invoke(kills.main, ["--kills", "2"])
    assert said.exit_code == 0, said.output
    assert re.search(
        r"^2 kills \(\d+ of them within a write\), \d+ trainings, 0 ended", said.output, re.M
    )


def test_an_end_in_other_bits_is_told(monkeypatch):
    monkeypatch.setattr(kills, "undisturbed", lambda case, folder: (b"these", 1.0))

    def other(case, folder, seconds, rng, tally, most):
        tally.kills += 1
        return b"those"

    monkeypatch.setattr(kills, "disturbed", other)
    said = CliRunner().invoke(kills.main, ["--kills", "1"])
    assert said.exit_code == 1
    assert "perceptron sgd: 1 kills, OTHER BITS" in said.output


def test_every_model_and_optimizer_comes_round():
    from bench.specs import MODELS, OPTIMIZERS

    met = [next_case for next_case, _ in zip(kills.cases(), range(35), strict=False)]
    assert len(set(met)) == len(MODELS) * len(OPTIMIZERS)

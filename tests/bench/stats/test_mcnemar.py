import numpy as np
import pytest

from bench.stats.mcnemar import Disagreement, mcnemar


def _examples(both: int, raw: int, keras: int, neither: int) -> tuple[np.ndarray, np.ndarray]:
    counts = [both, raw, keras, neither]
    return np.repeat([True, True, False, False], counts), np.repeat([True, False] * 2, counts)


def test_mcnemar_is_the_binomial_of_those_that_differ():
    # 2 P(X <= 1), X ~ Binomial(7, 1/2): 2 (1 + 7) / 2^7
    assert mcnemar(*_examples(90, 1, 6, 3)) == Disagreement(90, 1, 6, 3, 0.125)
    assert mcnemar(*_examples(90, 6, 1, 3)) == Disagreement(90, 6, 1, 3, 0.125)
    assert mcnemar(*_examples(5, 3, 3, 0)).p == 1.0  # not 1.3125
    assert mcnemar(*_examples(8, 0, 0, 2)) == Disagreement(8, 0, 0, 2, 1.0)


def test_mcnemar_pools_the_seeds():
    raw, keras = _examples(4, 1, 6, 1)
    assert mcnemar(raw.reshape(3, 4), keras.reshape(3, 4)) == mcnemar(raw, keras)


@pytest.mark.parametrize(
    ("raw", "keras", "message"),
    [
        (np.ones(3, bool), np.ones(4, bool), "shapes differ"),
        (np.ones((1, 3), bool), np.ones(3, bool), "shapes differ"),
        (np.ones(3, int), np.ones(3, bool), "not boolean"),
        (np.ones(0, bool), np.ones(0, bool), "no examples"),
    ],
)
def test_mcnemar_refuses(raw, keras, message):
    with pytest.raises(ValueError, match=message):
        mcnemar(raw, keras)

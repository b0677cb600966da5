"""From a number to the line on which it was written."""

import pytest

from bench.diagnose.places import (
    Place,
    argument_of,
    assigned,
    is_users,
    loop_header,
    says,
    where_set,
)

SOURCE = """
EPS = 1e-5
class Net:
    rate = 0.3
    def step(self, x):
        for k in range(3):
            self.norm(x, EPS)
        return x * 0.25
    def speed(self):
        return 0.2 * 0.7
    def go(self, v):
        v.assign(self.speed())
        v.assign(self.rate)
"""


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "net.py"
    path.write_text(SOURCE)
    return str(path)


@pytest.mark.parametrize(
    ("used", "value", "written"),
    [(7, 1e-5, 2), (8, 0.25, 8), (12, 0.2, 10), (13, 0.3, 4), (8, 9.0, 8)],
)
def test_where_a_number_was_set(file, used, value, written):
    assert where_set(Place(file, used), value).line == written


def test_the_loop_around_a_call(file):
    assert loop_header((Place(file, 7),)).line == 6


BATCHES = """
class Loop:
    def order(self, n):
        return self.rng.integers(0, n, n)
    def fit(self, x):
        batches = self.batches(x)
        for batch in batches:
            self.train_step(batch)
        for i in self.order(9):
            self.train_step(x[i])
"""


@pytest.fixture
def batches(tmp_path):
    path = tmp_path / "loop.py"
    path.write_text(BATCHES)
    return str(path)


def test_a_loop_over_a_name_is_set_where_the_name_is(batches):
    assert loop_header((Place(batches, 8),)).line == 6
    assert loop_header((Place(batches, 10),)).line == 9


def test_what_a_fit_calls_is_found_in_the_functions_it_names(batches):
    assert says((Place(batches, 10),), ["integers", "choice"]).line == 4
    assert says((Place(batches, 10),), ["permutation"]) is None


def test_the_list_that_the_tape_is_asked_about(tmp_path):
    path = tmp_path / "step.py"
    path.write_text(
        "def step(t):\n    some = [v for v in every]\n    return t.gradient(loss, some)\n"
    )
    asked = Place(str(path), 3)
    assert argument_of(asked, "gradient", 1) == "some"
    assert assigned(asked, "some").line == 2


def test_libraries_are_not_the_users():
    assert not is_users(pytest.__file__)
    assert is_users(__file__)

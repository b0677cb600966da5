"""From a number to the line on which it was written."""

import pytest

from bench.diagnose.places import Place, is_users, loop_header, where_set

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


def test_libraries_are_not_the_users():
    assert not is_users(pytest.__file__)
    assert is_users(__file__)

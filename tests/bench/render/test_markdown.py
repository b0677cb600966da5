"""Numbers, paths and cells as a page shows them."""

import pytest

from bench.render import markdown as tables
from bench.render.markdown import escape, significant, table, without_paths
from tests.bench.report.stored import rows


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (62_345.6, "62,300"),
        (999.7, "1,000"),
        (0.01234, "0.0123"),
        (9.996, "10.00"),
        (0, "0"),
        (None, "n/a"),
        (float("nan"), "n/a"),
    ],
)
def test_significant_digits(value: float | None, shown: str) -> None:
    assert significant(value) == shown


def test_number_formats() -> None:
    assert tables.percent(0.971) == "97.10 %"
    assert tables.interval(1.917, 1.8, 2.051) == "1.92 (1.80 to 2.05)"
    assert tables.small(3.14e-4) == "3.1e-04"
    assert tables.ulps(12_345) == "12,345"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("/home/ann/x.npz", ".../x.npz"),
        ("file:///home/ann/x.npz", ".../x.npz"),
        ("--data=~/x.npz", "--data=.../x.npz"),
        ("C:\\Users\\ann\\x.npz", ".../x.npz"),
        ("'/tmp/x'", "'.../x'"),
        ("https://example.org/mnist/x.npz", "https://example.org/mnist/x.npz"),
        ("dense_1/kernel", "dense_1/kernel"),
        ("1 / 2 and samples/s", "1 / 2 and samples/s"),
    ],
)
def test_paths_are_cut_down_to_the_name(text: str, shown: str) -> None:
    assert without_paths(text) == shown


def test_cells_are_escaped_and_numbers_left_as_they_are() -> None:
    text = table(("A", "B"), [["1.10", "x|y"], ["1e5", "<b>\nz"]], "rl")
    assert rows(text)[2:] == [["1.10", "x\\|y"], ["1e5", "&lt;b&gt; z"]]
    assert escape("dense_1/kernel _x_") == "dense_1/kernel \\_x\\_"
    assert table(("A",), []) == "Not measured."

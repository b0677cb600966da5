"""The law drawn, whichever engines it is of."""

from bench.law.figure import make_figure, styles
from bench.render.svg import svg
from tests.bench.law.hand_made import LAWS, law_of


def test_an_engine_that_is_not_among_todays_is_drawn():
    laws = LAWS | {f"{impl} {n}": (100, 1.0) for impl in ("raw", "keras") for n in range(3)}
    record = law_of(laws)
    drawn = styles(record["points"][0]["engines"])
    assert drawn.keys() == laws.keys()
    assert len(set(drawn.values())) == len(drawn)  # told apart by colour and marker together
    assert b"raw 2" in svg(make_figure, {**record, "model": "mlp"})

"""The answer as it is told, and as it crosses a process."""

import json
from dataclasses import replace

from bench.diagnose.answer import Diagnosis, Finding, Line
from bench.diagnose.causes_pairs import joined
from bench.diagnose.words import page, screen

FINDING = Finding(
    rung="loss", step=1, size=31.0, what="the gradient of dense/kernel",
    loop=Line("/a/pair.py", 12, "cost = tf.reduce_sum(xent)"), reference=None,
    computed={"loop": ["Sum"], "reference": ["Sum", "DivNoNan"], "layer": None},
    cause="loss-sum",
    words="the loss is summed", remedy="loss = tf.reduce_mean(xent)",
    confirmed="with it divided, they agree",
)  # fmt: skip
FOUND = Diagnosis("disagree", ("shapes",), (FINDING,), ("the reported loss",), (), {"seconds": 1.0})


def test_a_screen_says_where_why_and_what_to_do():
    said = screen(FOUND)
    for part in (
        "1 difference",
        "pair.py:12",
        "cost = tf.reduce_sum(xent)",
        "confirmed",
        "cure",
        "step 1",
    ):
        assert part in said
    assert "/a/" not in said


def test_a_page_lists_the_ops():
    assert "Ops of the reference there: Sum, DivNoNan" in page(FOUND, ("/a/pair.py",))


def test_an_answer_crosses_a_process():
    assert Diagnosis.from_dict(json.loads(json.dumps(FOUND.to_dict()))) == FOUND


def test_exit_codes():
    assert [replace(FOUND, verdict=v).exit_code for v in ("agree", "disagree", "not decided")] == [
        0,
        1,
        3,
    ]


def test_a_penalty_and_a_decay_are_one_fault():
    penalty = replace(FINDING, cause="penalty-extra")
    decay = replace(FINDING, cause="optimizer-kind", words="Adam, the reference's AdamW")
    (one,) = joined([penalty, decay])
    assert one.cause == "decay-in-loss"

"""The audit: what all arms share stands once, whatever the number of models."""

from typing import Any

from bench.report.audit_table import audits_text
from tests.bench.report.stored import rows


def finding(fact: str, raw: str, keras: str, measured: str = "") -> dict[str, Any]:
    values = {"raw step": raw, "keras fit": keras, "keras fit again": keras}
    return {"fact": fact, "values": values, "measured": measured}


def findings(samples: str, callbacks: str = "History") -> list[dict[str, Any]]:
    return [
        finding("dtype", "float32", "float32"),
        finding("samples", samples, samples),
        finding("callbacks", "none", callbacks, "what is called back"),
    ]


def test_what_is_the_same_everywhere_is_said_once() -> None:
    text = audits_text({"mlp": findings("9"), "perceptron": findings("5")})
    assert "The same on all arms: dtype float32." in text
    table = rows(text)
    assert ["mlp", "9"] in table
    assert ["perceptron", "5"] in table
    assert table[-2:] == [["raw step", "none"], ["keras fit", "History"]]
    assert text.endswith("- callbacks: what is called back")


def test_an_arm_that_differs_between_models_says_of_which_it_is() -> None:
    table = rows(audits_text({"mlp": findings("9"), "perceptron": findings("9", "two")}))
    assert table[-3:] == [
        ["raw step", "none", "all"],
        ["keras fit", "History", "mlp"],
        ["keras fit", "two", "perceptron"],
    ]

"""``gvk bench``, and what lives on its records: ``report``, ``verify``, ``compare``."""

import json
from dataclasses import replace
from pathlib import Path

from bench.timing.presets import PRECISIONS

MODEL = ("perceptron", "--dataset", "digits", "--limit", 130)
LITTLE = ("--engine", "step", "--no-accuracy", "--parity-steps", 2, "--blocks", 2)


def test_a_bench_is_stored_reported_verified_and_compared(gvk, hasty, one_process, monkeypatch):
    quick = replace(PRECISIONS["quick"], keras_engines=("fit",))
    monkeypatch.setitem(PRECISIONS, "quick", quick)
    code, out, err = gvk("bench", *MODEL, *LITTLE, "--json", "bench.json")
    assert code in (0, 1, 3), err  # so short a run may well be slower, or open
    assert "parity     perceptron raw step sgd: OK, 0 ULP over 2 steps" in out
    kinds = [record["kind"] for record in json.loads(Path("bench.json").read_text())["records"]]
    assert (kinds[0], kinds[-1]) == ("run", "end")
    assert {"parity", "audit", "stand", "block", "throughput"} < set(kinds)

    pages = [Path("reports/digits/report.md"), Path("reports/README.md")]
    before = [page.read_bytes() for page in pages]
    for page in pages:
        page.unlink()
    assert gvk("report", "digits")[0] == 0
    assert [page.read_bytes() for page in pages] == before
    code, out, _ = gvk("verify")
    assert (code, "0 faults" in out) == (0, True)
    code, out, _ = gvk("compare", "digits", "digits")  # a run against itself
    assert "compare    perceptron training raw step: " in out
    assert "changed by 1.00" in out

"""What ``pytest --benchmark`` runs: every model, every way to run it."""

import pytest

from bench.plugin import Benches, Replay
from bench.specs import MODELS
from bench.timing.presets import PRECISIONS

QUICK, KERAS = PRECISIONS["quick"].engines, PRECISIONS["quick"].keras_engines
ARMS = [*(f"raw {engine}" for engine in QUICK), *(f"keras {engine}" for engine in KERAS)]


CLOCK = Replay()


@pytest.mark.gvk_benchmark
@pytest.mark.benchmark(timer=CLOCK)
@pytest.mark.parametrize("arm", ARMS)
@pytest.mark.parametrize("model", MODELS)
def test_throughput(benchmark, gvk_benches: Benches, model: str, arm: str):
    found = gvk_benches.model(model)
    impl, engine = arm.split(" ")
    parity = found.parity[f"{engine}, fit" if impl == "raw" else f"{QUICK[0]}, {engine}"]
    assert parity["holds"], f"{model} {arm}: not proved equal, so not timed"
    training = found.throughput["training"]
    timed = next(each for each in training["arms"] if each["arm"] == arm)

    benchmark.group = model
    CLOCK.play(timed["seconds"])
    benchmark.pedantic(CLOCK.segment, rounds=len(timed["seconds"]), iterations=1)

    accuracy = found.accuracy["glorot-uniform"]
    benchmark.extra_info |= {
        "parity_holds": int(parity["holds"]),
        "parity_steps": parity["steps"],
        "parity_max_ulp": max(rung["max_ulp"] for rung in parity["rungs"]),
        "accuracy_raw": accuracy["raw"]["accuracy"],
        "accuracy_keras": accuracy["keras"]["accuracy"],
        "samples_per_segment": timed["samples"],
    }
    for control in training["controls"]:
        benchmark.extra_info[f"control {control['arm']}"] = control["ratio"]
    for ratio in training["ratios"]:
        if ratio["arm"] == arm:
            benchmark.extra_info |= {
                "ratio_to_keras_fit": ratio["ratio"],
                "ratio_low": ratio["low"],
                "ratio_high": ratio["high"],
                "verdict": ratio["verdict"],
            }
    assert benchmark.stats.stats.rounds == len(timed["seconds"])

"""Throughput of checked pairs: every arm beside the others in each block, controls among them."""

from collections.abc import Sequence
from dataclasses import asdict
from functools import partial
from typing import Any

from bench.proof.lockstep import CheckedPair
from bench.records.reading import Record
from bench.records.slices import METHOD
from bench.records.writing import Store
from bench.specs import ENGINES
from bench.timing import summary as summaries
from bench.timing.audit import audit, facts_of
from bench.timing.model_stand import (
    LATENCY,
    TRAINING,
    Arm,
    Engines,
    ModelStand,
    again,
    keras_arm,
    one_sample_arms,
    raw_arm,
)
from bench.timing.prices import widest
from bench.timing.resumable import Measurement, take_blocks
from bench.timing.same_predictions import same_predictions


def measure(
    store: Store,
    pairs: Sequence[CheckedPair],
    dataset: str,
    limit: int | None,
    how: Measurement,
    task: str = "training",
    engines: Engines | None = None,
) -> Record:
    """Time the arms of proved pairs of one model; store every block, return the summary.

    Args:
        store: where the blocks go, and where an earlier sitting's are found.
        pairs: the first one's raw engine, and ``fit``, get a copy beside them as controls.
        dataset, limit: what the arms run on.
        how: for how long, and in which processes.
        task: a key of ``bench.timing.model_stand.TASKS``.
        engines: what other tasks have built of the same arms.

    Raises:
        NotVerified: the arms are not alike in what has to be equal.
    """
    head = {"model": pairs[0].config.model, "task": task}
    if earlier := store.earlier("throughput", **head):
        return earlier[-1]
    stand = ModelStand(arms_of(pairs, task), dataset, limit, task, engines)
    facts = sized(store, head, stand, how)
    how = how.within(facts["budget_seconds"])
    blocks, stopped = take_blocks(store, head, stand, how, partial(widest, facts))
    summary = summaries.throughput(facts, blocks)
    return store.append("throughput", **summary, stopped=stopped)


def arms_of(pairs: Sequence[CheckedPair], task: str) -> list[Arm]:
    """Return an arm for each raw and each Keras engine that was proved, and the controls."""
    fit = [pair for pair in pairs if pair.config.keras_engine == "fit"]
    others = [pair for pair in pairs if pair.config.keras_engine != "fit"]
    if task != "training":
        fit, others = [p for p in fit if ENGINES[p.config.engine].predicts] or fit[:1], []
    raw = [raw_arm(pair) for pair in fit]
    keras = [keras_arm(pair, task) for pair in (fit[0], *others)]
    if task == LATENCY:
        keras = one_sample_arms(fit[0])
    return [*raw, *keras, again(raw[0]), again(keras[0])]


def sized(store: Store, head: Record, stand: ModelStand, how: Measurement) -> Record:
    """Size and audit a stand, or take both up from an earlier sitting; return its record."""

    def make() -> Record:
        sizes, whole, findings = how.look(partial(look, stand))
        stand.resize(sizes, rounds=2, seed=how.order_seed)
        store.append("audit", **head, findings=findings)
        return {**stand_facts(stand, how), "epoch_samples": whole}

    record = store.once("stand", head, make)
    sizes = {arm["arm"]: (arm["samples"], arm["step_seconds"]) for arm in record["arms"]}
    stand.resize(sizes, record["rounds"], record["order_seed"])
    return record


def look(stand: ModelStand) -> tuple[dict[str, tuple[int, float]], int, list[Record]]:
    """Return sizes for the arms, samples of a whole epoch, and what the audit found.

    The engines stay built in this process.
    """
    sizes = stand.look()
    engines = stand.engines()
    findings = []
    for shared in dict.fromkeys(arm.shared for arm in stand.members):
        facts = {
            arm.name: facts_of(engines[arm.name], arm.engine, shared.batch_size, sizes[arm.name][0])
            for arm in stand.members
            if arm.shared == shared
        }
        findings += [asdict(finding) for finding in audit(facts)]
    if stand.task == LATENCY:
        found = same_predictions(stand.members, engines, stand.first_samples())
        findings.append(asdict(found))
    return sizes, stand.epoch_samples, findings


def budget_of(stand: ModelStand, how: Measurement) -> tuple[int, float]:
    """Return the rounds of a block, and the seconds of the whole."""
    round_seconds = stand.pace.round_seconds
    rounds = how.rounds(round_seconds)
    return rounds, how.stop.budget(rounds * round_seconds)


def stand_facts(stand: ModelStand, how: Measurement) -> dict[str, Any]:
    """Return everything besides the blocks that the summary is made of."""
    first, (rounds, budget_seconds) = stand.members[0], budget_of(stand, how)
    return {
        "config": first.shared.to_dict(),
        "arms": [
            {
                "arm": arm.name,
                "impl": arm.impl,
                "engine": arm.engine,
                "samples": arm.samples,
                "steps": arm.steps if stand.task == TRAINING else 1,
                "step_seconds": arm.step_seconds,
                "proved": proof_in_words(arm.pair),
            }
            for arm in stand.members
        ],
        "reference": next(arm.name for arm in stand.members if arm.impl == "keras"),
        "samples_per_segment": first.samples,
        "steps_per_segment": first.steps,
        "method": METHOD,
        "rounds": rounds,
        "budget_seconds": budget_seconds,
        **({"whole_epochs": bool(stand.ends)} if stand.task == TRAINING else {}),
        **how.facts,
    }


def proof_in_words(pair: CheckedPair) -> str:
    """Return what allowed a pair to be timed, such as ``0 ULP over 46 steps``."""
    return f"{pair.parity.criterion} over {pair.parity.steps:,} steps"

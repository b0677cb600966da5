"""Both sides of a model, trained on a device in a process of its own, against those of another.

One process keeps what it holds after each step in files; the other, on the CPU, takes the same
steps, compares, and lets shaken runs walk along. Neither places anything on a device: each sees its
own alone, as a program of a user does.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from bench import twins
from bench.data.epoch_order import orders
from bench.data.for_model import dataset_for
from bench.host.gpu import details, process_facts, refusals_said
from bench.host.memory import named_if_short
from bench.proof.comparisons import Comparisons, Entry
from bench.proof.criteria import AFTER_STEP, SAME_BITS, SLOTS_AFTER_STEP
from bench.proof.exact_mode import set_exact
from bench.proof.noise_floor import RUNS, NoiseFloor, shaken_engine
from bench.records.reading import Record
from bench.specs import Config
from bench.twins import slices

SIDES = ("raw", "keras")
Engines = Mapping[str, twins.Engine | twins.Fit]
State = dict[str, dict[str, np.ndarray]]
"""By stage, what an engine holds after a step."""


def keep(config: Config, dataset: str, limit: int | None, steps: int, folder: Path) -> Record:
    """Train both sides on the device that this process sees; keep every step in a folder.

    Returns:
        The device, and what exact mode set.
    """
    exact = set_exact(config)
    engines = _sides(config)
    for number in _steps(config, dataset, limit, steps, engines):
        for side, engine in engines.items():
            _save(_file(folder, side, number), _state(engine))
    names = [each["device_name"] for each in details()]
    return {"device": ", ".join(names) or "CPU", "exact": exact, **process_facts()}


def compare(config: Config, dataset: str, limit: int | None, steps: int, folder: Path) -> Record:
    """Take the same steps here; return how far what was kept lies from them, by side."""
    set_exact(config)
    weights = twins.initial_weights(config)
    sides = _sides(config)
    shaken = {f"shaken {run}": shaken_engine(config, weights, run) for run in range(RUNS)}
    floor = Comparisons(SAME_BITS)
    n_test = len(dataset_for(config.spec, dataset, limit).test)
    criterion = NoiseFloor(floor, n_test)
    found = {side: Comparisons(criterion) for side in SIDES}
    taken = 0
    for number in _steps(config, dataset, limit, steps, {**sides, **shaken}):
        here = {side: _state(engine) for side, engine in sides.items()}
        for side in SIDES:
            _add(found[side], _load(_file(folder, side, number)), here[side], number)
        for engine in shaken.values():
            _add(floor, _state(engine), here["raw"], number)
        taken = number
    return {
        "steps": taken,
        "criterion": criterion.words,
        "sides": [_said(side, found[side].entries(), criterion) for side in SIDES],
    }


def _sides(config: Config) -> Engines:
    """Return both sides, built from the weights that every process draws alike."""
    weights = twins.initial_weights(config)
    return {
        "raw": twins.raw_engine(config, weights),
        "keras": twins.keras_engine(config, weights),
    }


def _steps(
    config: Config, dataset: str, limit: int | None, steps: int, engines: Engines
) -> Iterator[int]:
    """Let every engine take a step, on the same batch; yield its number when all have."""
    train = dataset_for(config.spec, dataset, limit).train
    x, y = twins.inputs_and_targets(config, train)
    number = 0
    for order in orders(config, len(x)):
        for batch in slices(order, config.batch_size):
            if number == steps:
                return
            number += 1
            for name, engine in engines.items():
                with named_if_short(name), refusals_said():
                    engine.train_on_batch(x[batch], y[batch])
            yield number


def _state(engine: Any) -> State:
    return {AFTER_STEP: engine.get_weights(), SLOTS_AFTER_STEP: engine.get_optimizer_state()}


def _file(folder: Path, side: str, number: int) -> Path:
    return folder / f"{side}-{number}.npz"


def _save(path: Path, state: State) -> None:
    named = {f"{stage}:{name}": v for stage, held in state.items() for name, v in held.items()}
    np.savez(path, **named)  # type: ignore[arg-type] # of its two overloads it takes the other


def _load(path: Path) -> State:
    state: State = {AFTER_STEP: {}, SLOTS_AFTER_STEP: {}}
    with np.load(path) as held:
        for key in held.files:
            stage, _, name = key.partition(":")
            state[stage][name] = held[key]
    path.unlink()  # a step of a large model is some megabytes
    return state


def _add(found: Comparisons, there: State, here: State, number: int) -> None:
    for stage, held in here.items():
        found.add_all(stage, there[stage], held, number)


def _said(side: str, entries: tuple[Entry, ...], criterion: NoiseFloor) -> Record:
    """Return the verdict on a side: the farthest tensor, and how many times its floor that is."""

    def floors(entry: Entry) -> float:
        return entry.distance.max_relative / criterion.floor(entry.stage, entry.tensor)

    farthest = max(entries, key=floors)
    parted = [entry for entry in entries if not entry.holds]
    first = min(parted, key=lambda entry: entry.first_step or 0, default=None)
    return {
        "side": side,
        "holds": not parted,
        "max_ulp": max(entry.distance.max_ulp for entry in entries),
        "max_relative": farthest.distance.max_relative,
        "floors": floors(farthest),
        "tensor": farthest.tensor,
        "parted": first and f"{first.stage} {first.tensor}, step {first.first_step}",
    }

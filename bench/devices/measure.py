"""CPU against GPU, model by model: each result is on the disk before the next one is begun."""

import tempfile
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from bench.devices.walk import compare, keep
from bench.devices.words import device_line
from bench.host.device import HIDDEN
from bench.host.fresh_process import fresh_process
from bench.host.progress import Advance, Say, progress
from bench.records.reading import Record
from bench.records.writing import Store
from bench.specs import default_config

STEPS = 10
"""Of the comparison: the first tell, as the noise floor rises with a run."""
ONEDNN, STAND_IN = "TF_ENABLE_ONEDNN_OPTS", "oneDNN"


@dataclass(frozen=True)
class DevicesPlan:
    """What is compared.

    Attributes:
        dataset, limit: what is trained on.
        seed: of weights and batches.
        optimizer: by which it is trained.
        steps: how many are compared.
        rehearsal: whether the CPU stands in the place of the GPU, with oneDNN's kernels, which are
            not those of TensorFlow itself.
    """

    dataset: str = "auto"
    limit: int | None = None
    seed: int = 0
    optimizer: str = "sgd"
    steps: int = STEPS
    rehearsal: bool = False


def run(store: Store, models: Sequence[str], plan: DevicesPlan, say: Say) -> int:
    """Compare each model; return 0, or 1 where one ends farther apart than rounding allows."""
    with (
        fresh_process(variables={ONEDNN: "1"} if plan.rehearsal else None) as there,
        fresh_process(variables=HIDDEN | ({ONEDNN: "0"} if plan.rehearsal else {})) as here,
        progress("CPU against GPU", 2 * len(models)) as advance,
    ):
        records = []
        for model in models:
            make = partial(_compared, (there, here), model, plan, advance)
            records.append(store.once("devices", {"model": model}, make))
            say(device_line(records[-1]))
    store.finish()
    return 0 if all(record["holds"] for record in records) else 1


def _compared(
    processes: tuple[ProcessPoolExecutor, ProcessPoolExecutor],
    model: str,
    plan: DevicesPlan,
    advance: Advance,
) -> Record:
    """Return what was found of a model, whose steps lie in a folder until they are compared."""
    there, here = processes
    config = default_config(model, seed=plan.seed, optimizer=plan.optimizer)
    with tempfile.TemporaryDirectory() as folder:
        what = (config, plan.dataset, plan.limit, plan.steps, Path(folder))
        device = there.submit(keep, *what).result()
        advance()
        found = here.submit(compare, *what).result()
        advance()
    return {
        "config": config.to_dict(),
        "rehearsal": plan.rehearsal,
        **device,
        **({"device": STAND_IN} if plan.rehearsal else {}),
        **found,
        "holds": all(side["holds"] for side in found["sides"]),
    }

"""``gvk gpu``: the chapter on a GPU, from what is there to the page, by one command."""

from pathlib import Path
from typing import Any

import click

from bench.commands import bench
from bench.commands.config_from import models_named
from bench.commands.measuring import measured
from bench.commands.user_files import new_file, write_json
from bench.data.for_model import dataset_for
from bench.errors import UserError
from bench.host import gpu
from bench.host.device import AUTO, CPU, GPU, NoGpu, choose, report_name
from bench.records.reading import read, report_folder
from bench.specs import model_spec

PLAN = ("dataset", "limit", "seed", "optimizer")
WHERE = ("reports", "name", "resume", "device", "require_gpu")
INCONCLUSIVE = 3


def run(
    model: tuple[str, ...], steps: int, rehearse: bool, json_path: Path | None, **given: Any
) -> int:
    """Look at the GPU, compare it with the CPU, prove, train and time on it, and write it up.

    Returns 3 where there is no GPU, else the worse of what the comparison and the bench return.
    """
    names = list(dict.fromkeys(each for name in model for each in models_named(name)))
    new_file(json_path, "--json")
    given["device"] = _device(given["device"], rehearse)
    try:
        choose(given["device"], given["require_gpu"])
    except NoGpu:
        if given["require_gpu"]:
            raise
        click.echo(f"gpu        {gpu.NOT_MEASURED} found; --rehearse goes through it on the CPU")
        return INCONCLUSIVE
    given["name"] = given["name"] or _report(names[0], given, rehearse)
    for line in () if rehearse else facts():
        click.echo(line)
    plan = {"steps": steps, "rehearsal": rehearse, **{each: given[each] for each in PLAN}}
    where = {each: given[each] for each in WHERE} | {"json_path": None}
    apart = measured("gpu", names, _prepare, plan | where)
    code = bench.run(tuple(names), (), True, (), False, "", json_path=None, **given)
    _write(json_path, report_folder(given["reports"], given["name"]))
    return 1 if apart else code


def _device(device: str, rehearse: bool) -> str:
    """Return the device that is meant.

    Raises:
        UserError: it is no GPU, and this is no rehearsal.
    """
    if rehearse:
        return CPU
    if device == CPU:
        raise UserError("gvk gpu --device cpu: give gpu or gpu:N, or --rehearse, which is that")
    return GPU if device == AUTO else device


def _report(model: str, given: dict[str, Any], rehearse: bool) -> str:
    dataset = dataset_for(model_spec(model), given["dataset"], given["limit"]).name
    return f"{dataset}-rehearsal" if rehearse else report_name(dataset, given["device"])


def facts() -> list[str]:
    """Return a line for each GPU, and one where its first minutes are the compiler's."""
    import tensorflow as tf

    lines = []
    build = tf.sysconfig.get_build_info()
    for each in gpu.details():
        version = ".".join(map(str, each.get("compute_capability", ("not known",))))
        how = "; ".join(f"{fact} {value}" for fact, value in gpu.process_facts().items())
        lines.append(f"gpu        {each['device_name']}, compute capability {version}; {how}")
        if gpu.compiles_at_first_use(each, build):
            lines.append(f"gpu        {gpu.TRAITS['ptx'].what} {gpu.TRAITS['ptx'].done}")
    return lines


def _prepare(**dials: Any) -> tuple[Any, Any]:
    from bench.devices.measure import DevicesPlan
    from bench.devices.measure import run as measure

    return DevicesPlan(**dials), measure


def _write(json_path: Path | None, folder: Path) -> None:
    """Write the records of the last run of either kind as JSON."""
    records = read(folder)
    runs = {r["verb"]: r["run"] for r in records if r["kind"] == "run" and "verb" in r}
    own = [r for r in records if r["run"] in (runs.get("gpu"), runs.get("bench"))]
    write_json(json_path, "gpu", {"report": str(folder / "report.md"), "records": own})

"""``gvk train``: one side of a model, epoch by epoch, then the test set."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from bench.commands.auto import AUTO, chosen
from bench.commands.config_from import config_from
from bench.commands.kept import kept_in, needs_checkpoint
from bench.commands.strategy import asked, note, started, together
from bench.commands.user_files import new_file, whole_file, write_json
from bench.data.datasets import Dataset
from bench.data.for_model import dataset_for
from bench.errors import Interrupted, UserError
from bench.host.live import curve, live
from bench.scale.parts import check_parts
from bench.specs import DEFAULT_ENGINE, DIAL_DEFAULTS, ENGINES, Config, model_spec

_DIAL = {"raw": "engine", "keras": "keras_engine"}


def run(
    model: str, impl: str, exact: bool, save: Path | None, load: Path | None,
    tensorboard: Path | None, json_path: Path | None, same_bits: bool,
    checkpoint: Path | None, checkpoint_every: int | None, resume: bool,
    strategy: str | None, replicas: int | None, **given: Any,
) -> int:  # fmt: skip
    """Train and test; every bad option is found before TensorFlow is loaded."""
    how = asked(strategy, replicas, impl, given)
    if how.writes:
        _new_state(save, impl)
        new_file(json_path, "--json")
    needs_checkpoint(checkpoint, checkpoint_every, resume)
    auto = given["engine"] == AUTO
    given["engine"] = None if auto else given["engine"]
    config = _config(model, impl, exact, given)
    dataset = dataset_for(config.spec, given["dataset"], given["limit"])
    check_parts(config, len(dataset.train), how.replicas)
    _require_tensorboard(tensorboard)
    with kept_in(checkpoint, checkpoint_every, resume, config, dataset, how.writes) as kept:
        if auto:
            engine, xla = chosen(config, impl, given, same_bits)
            config = config.but(xla=xla, **{_DIAL[impl]: engine})
        click.echo(f"{model} {impl} on {dataset.name} ({dataset.source})")
        if said := note(how, impl, config):
            click.echo(said)
        with together(how):
            trained = _engine(config, impl, exact, load, started(how))
            epochs = _train(trained, config, dataset, tensorboard, kept)
    result = {"impl": impl, "config": config.to_dict(), "epochs": [asdict(e) for e in epochs]}
    result["test"] = _test(trained, config, dataset)
    if how.writes:
        _write(trained, save, json_path, result)
    return 0


def _train(
    engine: Any, config: Config, dataset: Dataset, tensorboard: Path | None, kept: Any
) -> list[Any]:
    """Train to the end, a line an epoch; return all epochs, those before a kill too.

    Raises:
        Interrupted: an end was asked for, and what is needed to go on is written down.
    """
    epochs, start = kept.started(engine, config), time.perf_counter()
    before = len(epochs)
    with live(log=False) as draw:  # elsewhere there is a line for each epoch anyway
        for epoch in _watched(engine, config, dataset, tensorboard, kept):
            draw([])
            click.echo(epoch_line(epoch, config.epochs))
            epochs.append(epoch)
            draw(picture(epochs, config.epochs, before, time.perf_counter() - start))
    if kept.stopped:
        raise Interrupted(kept.where)
    return epochs


def _write(engine: Any, save: Path | None, json_path: Path | None, result: dict[str, Any]) -> None:
    """Write the files that were asked for."""
    if save:
        from bench import twins

        with whole_file(save) as part:
            twins.save(part, engine)
        click.echo(f"saved {save}")
    write_json(json_path, "train", result)


def _require_tensorboard(folder: Path | None) -> None:
    if folder:
        from bench.training.tensorboard import require_tensorboard

        require_tensorboard(folder)


def _new_state(save: Path | None, impl: str) -> None:
    """Check that the state can be saved at a path, in the form that its name asks for."""
    if save and save.suffix == ".keras" and impl != "keras":
        raise UserError(f"--save {save}: only --impl keras has a .keras archive: name an .npz")
    new_file(save, "--save")


def epoch_line(epoch: Any, epochs: int) -> str:
    """Return an epoch as the workshop prints it."""
    line = (
        f"epoch {epoch.epoch}/{epochs}: training loss {epoch.loss:.6f}, "
        f"validation accuracy {epoch.val_accuracy:.4f}"
    )
    if epoch.val_roc_auc is not None:
        line += f", validation ROC AUC {epoch.val_roc_auc:.6f}"
    return line


def picture(epochs: Sequence[Any], of: int, before: int, seconds: float) -> list[str]:
    """Return what is shown between epochs: how far it is, and the curves so far.

    Args:
        epochs: all that are done, of an earlier sitting too.
        of: all that there are to be.
        before: those that an earlier sitting did.
        seconds: what this sitting's took.
    """
    done = len(epochs)
    left = seconds / (done - before) * (of - done)
    losses, accuracies = ([getattr(e, n) for e in epochs] for n in ("loss", "val_accuracy"))
    return [
        f"epoch {done} of {of}, {left:.0f} s left",
        f"  training loss       {losses[-1]:<9.6f} {curve(losses)}",
        f"  validation accuracy {accuracies[-1]:<9.4f} {curve(accuracies)}",
    ]


def _config(model: str, impl: str, exact: bool, given: dict[str, Any]) -> Config:
    """Return the config: an engine of the right side, and the side's own way to draw batches."""
    spec = model_spec(model)
    engines = [name for name, engine in ENGINES.items() if engine.impl == impl]
    engine = given.pop("engine") or DEFAULT_ENGINE[impl]
    if engine not in engines:
        raise UserError(f"--engine {engine} is not for --impl {impl}: use {', '.join(engines)}")
    _refuse_what_does_nothing(impl, given)
    own = spec.raw_sampling if impl == "raw" else spec.keras_sampling
    sampling = given["sampling"] or ("permutation" if exact else own)
    return config_from(model, given, sampling=sampling, **{_DIAL[impl]: engine})


def _refuse_what_does_nothing(impl: str, given: dict[str, Any]) -> None:
    """Raise ``UserError`` if a dial was turned that this side has not got."""
    of_other_side = {"raw": ("steps_per_execution",), "keras": ("kernels", "gradients")}[impl]
    for dial in of_other_side:
        if given[dial] not in {None, DIAL_DEFAULTS[dial]}:
            option = dial.replace("_", "-")
            raise UserError(f"--{option} does nothing with --impl {impl}: leave it out")


def _engine(
    config: Config, impl: str, exact: bool, load: Path | None, where: dict[str, Any]
) -> Any:
    """Return the side's engine: from a file, from the common draw, or from a draw of its own."""
    import keras

    from bench import twins
    from bench.proof.exact_mode import set_exact
    from bench.scale.engines import engine_on

    keras.utils.set_random_seed(config.seed)
    if exact:
        for line in set_exact(config):
            click.echo(line)
    weights, slots = twins.initial_weights(config), dict[str, Any]()
    if load:
        from bench.commands.saved import load_state

        weights, slots = load_state(load, weights)
    start = weights if impl == "raw" or exact or load else None
    engine: Any = engine_on(config, impl, start, **where)
    if slots and slots.keys() == engine.get_optimizer_state().keys():  # the same optimizer's
        engine.set_state({}, slots)
        click.echo(f"{load}: goes on with the state of {config.optimizer}")
    return engine


def _watched(
    engine: Any, config: Config, dataset: Dataset, tensorboard: Path | None, kept: Any
) -> Iterator[Any]:
    epochs = kept.train(engine, config, dataset)
    if not tensorboard:
        return epochs
    from bench.training.tensorboard import written

    return written(tensorboard, engine, config, epochs)


def _test(engine: Any, config: Config, dataset: Dataset) -> dict[str, float]:
    from bench.training.epochs import test

    scores = test(engine, config, dataset)
    for name, value in scores.items():
        click.echo(f"test {'ROC AUC' if name == 'roc_auc' else name}: {value:.6f}")
    return scores

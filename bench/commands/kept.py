"""``gvk train --checkpoint``: the training that is kept as it goes, and gone on with."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import click

from bench.data.datasets import Dataset
from bench.errors import UserError
from bench.host.stopping import stop_asked
from bench.specs import Config


def needs_checkpoint(checkpoint: Path | None, every: int | None, resume: bool) -> None:
    """Raise ``UserError`` if an option is given that does nothing without ``--checkpoint``."""
    for option, value in (("--checkpoint-every", every), ("--resume", resume)):
        if value and not checkpoint:
            raise UserError(f"{option} does nothing without --checkpoint DIR: give it too")


class Unkept:
    """A training of which nothing is kept."""

    stopped, where = False, ""

    def started(self, engine: Any, config: Config) -> list[Any]:
        """Return the epochs that were trained already: none."""
        return []

    def train(self, engine: Any, config: Config, dataset: Dataset) -> Iterator[Any]:
        """Train, and yield each epoch."""
        from bench.data.epoch_order import orders
        from bench.training.epochs import train
        from bench.training.finite import Watched

        return train(Watched(engine), config, dataset, orders(config, len(dataset.train)))


class Kept:
    """A training whose every place is kept in a folder.

    Args:
        checkpoint: of that folder.
        every: steps between two places; None for an epoch.
        samples: that are trained on.
        asked: whether somebody asked for an end.
        writes: whether it is this process that writes.
    """

    def __init__(
        self,
        checkpoint: Any,
        every: int | None,
        samples: int,
        asked: Callable[[], bool],
        writes: bool,
    ) -> None:
        from bench.training.place import Place

        self.checkpoint, self.every, self.asked = checkpoint, every, asked
        self.samples, self.writes = samples, writes
        self.found = checkpoint.read()
        self.place = self.found.place if self.found else Place()
        self.stopped = False

    def require_epochs(self, config: Config) -> None:
        """Raise ``UserError`` if more epochs are done than the training is to have."""
        done = len(self.place.epochs) + (self.place.steps > 0)
        if done > config.epochs:
            raise UserError(
                f"--epochs {config.epochs}: the checkpoint in {self.checkpoint.folder} is in epoch "
                f"{done} already: give {done} or more"
            )

    def started(self, engine: Any, config: Config) -> list[Any]:
        """Put the engine where the checkpoint stands; return the epochs trained already."""
        from bench import twins
        from bench.training.checkpoints import check_values

        folder = self.checkpoint.folder
        if self.found is None:
            click.echo(f"{folder}: no checkpoint yet: starts")
            return []
        values, self.found = self.found.values, None
        check_values(self.checkpoint.path, values, twins.state(engine))
        twins.restore(engine, values, self.place.total_steps(config, self.samples))
        click.echo(f"{folder}: goes on at {self.place}")
        return list(self.place.epochs)

    def train(self, engine: Any, config: Config, dataset: Dataset) -> Iterator[Any]:
        """Go on from the place, and yield each epoch that gets whole."""
        from bench.training.epochs import train_from
        from bench.training.finite import Watched

        reached = partial(self._reached, engine, config)
        watched = Watched(engine, self.place.total_steps(config, self.samples))
        return train_from(self.place, watched, config, dataset, self.every, reached)

    def _reached(self, engine: Any, config: Config, place: Any) -> bool:
        """Write a place down; return whether to go on."""
        from bench import twins

        if self.writes:
            self.checkpoint.write(twins.state(engine), place)
        self.place = place
        self.stopped = self.asked() and len(place.epochs) < config.epochs
        return not self.stopped

    @property
    def where(self) -> str:
        """Where the training was stopped, and what to do."""
        return f"stopped at {self.place}: the same command with --resume goes on"


@contextmanager
def kept_in(
    folder: Path | None,
    every: int | None,
    resume: bool,
    config: Config,
    dataset: Dataset,
    writes: bool = True,
) -> Iterator[Unkept | Kept]:
    """Yield the training as it is kept in a folder; without one, as it is not.

    Args:
        folder: of the checkpoint, or None.
        every: steps between two of them; None for an epoch.
        resume: whether to go on with one that is there.
        config: of the training.
        dataset: the samples.
        writes: whether this process is the one that writes; the other workers read alone.

    Raises:
        UserError: the folder, or what is in it, is not as it has to be.
    """
    if folder is None:
        yield Unkept()
        return
    from bench.training.checkpoints import about, held

    say = partial(click.echo, err=True)
    what = about(config, dataset)
    with held(folder, resume, what, writes) as checkpoint, stop_asked(say) as asked:
        kept = Kept(checkpoint, every, len(dataset.train), asked, writes)
        kept.require_epochs(config)
        yield kept

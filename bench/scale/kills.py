"""Trainings that are killed at random moments, and gone on with by whichever engine comes next.

    python -m bench.scale.kills --kills 50

Each training is ``gvk train --exact --checkpoint DIR --checkpoint-every 1 --resume`` in a process
of its own, which SIGKILL ends. The next process goes on with another engine, of the other side as
often as not. Whenever a training comes to its end, the file that it saves has to be, byte for byte,
the one of a training that nobody disturbed and of which nothing was kept.
"""

import itertools
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

import click

from bench.specs import ENGINES, MODELS, OPTIMIZERS
from bench.training.checkpoints import FILE

LIVES = ("step", "fit", "epoch", "own_loop", "session", "own_epoch")
"""The engines that take turns: all hold the same bits, of every model."""
DATA = ("--exact", "--dataset", "digits", "--limit", "150", "--batch-size", "64")
EPOCHS = 4
STARTS = ("starts", "goes on at")
"""Ends, and the middle, of the lines by which a training says that it is about to begin."""


@dataclass(frozen=True)
class Case:
    """What is trained."""

    model: str
    optimizer: str

    def command(self, engine: str, saved: Path, *more: str | Path) -> list[str]:
        """Return the command of a training in an engine."""
        dials = ("--impl", ENGINES[engine].impl, "--engine", engine, "--optimizer", self.optimizer)
        return [
            sys.executable, "-m", "bench", "train", self.model, *dials, *DATA,
            "--epochs", str(EPOCHS), "--save", str(saved), *map(str, more),
        ]  # fmt: skip


@dataclass
class Tally:
    """What happened to the trainings of a run."""

    kills: int = 0
    in_writes: int = 0
    trainings: int = 0
    parted: int = 0


def cases() -> Iterator[Case]:
    """Yield each model with an optimizer, for ever; each optimizer comes round."""
    for turn in itertools.count():
        for number, model in enumerate(MODELS):
            yield Case(model, OPTIMIZERS[(turn + number) % len(OPTIMIZERS)])


def undisturbed(case: Case, folder: Path) -> tuple[bytes, float]:
    """Return what a training saves that nothing disturbs, and how long it takes once it began."""
    plain, kept = folder / "plain.npz", folder / "kept.npz"
    subprocess.run(case.command(LIVES[0], plain), check=True, capture_output=True)
    life = started(case.command(LIVES[0], kept, *checkpoints(folder / "whole")))
    began = time.monotonic()
    end(life)
    seconds = time.monotonic() - began
    if kept.read_bytes() != plain.read_bytes():
        raise AssertionError(f"{case}: checkpoints changed what was trained")
    return plain.read_bytes(), seconds


def checkpoints(folder: Path) -> tuple[str | Path, ...]:
    """Return the options that keep a training in a folder and go on with it."""
    return ("--checkpoint", folder, "--checkpoint-every", "1", "--resume")


def started(command: list[str]) -> subprocess.Popen[str]:
    """Return a process that has begun to train.

    Raises:
        AssertionError: it ended before it did.
    """
    life = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    said = []
    for line in life.stdout or ():
        said.append(line)
        if any(words in line for words in STARTS):
            return life
    raise AssertionError(f"ended with {life.wait()} before it began to train: {''.join(said)}")


def end(life: subprocess.Popen[str]) -> None:
    """Wait for a process that nothing disturbs.

    Raises:
        AssertionError: it did not end as it should.
    """
    said, _ = life.communicate()
    if life.returncode != 0:
        raise AssertionError(f"ended with {life.returncode}: {said}")


def killed(life: subprocess.Popen[str], after: float) -> bool:
    """Kill a process after so many seconds; return whether it was still there."""
    try:
        life.wait(after)
    except subprocess.TimeoutExpired:
        life.kill()
        life.communicate()
        return True
    end(life)
    return False


def disturbed(
    case: Case, folder: Path, seconds: float, rng: Random, tally: Tally, most: int
) -> bytes:
    """Train, killed again and again until ``most`` kills were made; return what is saved at last.

    Args:
        case: what is trained.
        folder: of this training alone.
        seconds: how long a training takes; each life gets a random part of them.
        rng: draws engines and moments.
        tally: kills are counted there.
        most: kills after which a life is let live.
    """
    saved, kept = folder / "end.npz", folder / "kept"
    while not saved.exists():
        life = started(case.command(rng.choice(LIVES), saved, *checkpoints(kept)))
        if tally.kills >= most:
            end(life)
        elif killed(life, rng.uniform(0, seconds)):
            tally.kills += 1
            tally.in_writes += (kept / f"{FILE}.part").exists()
    tally.trainings += 1
    return saved.read_bytes()


@click.command()
@click.option("--kills", type=click.IntRange(min=1), default=50, show_default=True, help="In all.")
@click.option("--seed", type=int, default=0, show_default=True, help="Of moments and engines.")
def main(kills: int, seed: int) -> None:
    """Kill trainings at random moments; exit with 1 if one ends in other bits."""
    rng, tally = Random(seed), Tally()
    for case in cases():
        if tally.kills >= kills:
            break
        with tempfile.TemporaryDirectory() as name:
            before, wanted = tally.kills, undisturbed(case, Path(name))
            got = disturbed(case, Path(name), wanted[1], rng, tally, kills)
        tally.parted += got != wanted[0]
        verdict = "the same bits" if got == wanted[0] else "OTHER BITS"
        click.echo(f"{case.model} {case.optimizer}: {tally.kills - before} kills, {verdict}")
    click.echo(
        f"{tally.kills} kills ({tally.in_writes} of them within a write), {tally.trainings} "
        f"trainings, {tally.parted} ended in other bits"
    )
    sys.exit(1 if tally.parted else 0)


if __name__ == "__main__":
    main()

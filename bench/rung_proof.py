"""That every rung of a ladder trains the same model: the same few steps, then its weights.

What is timed is called as it is timed, shuffling apart: the samples stand in one order. The
rungs are held against ``fit``. In exact mode a rung without XLA has to end in the same bits, the
eager one too once Grappler is off, but for a convolution under oneDNN, where it is held to the
noise floor (``bench.exactness``). XLA sums in an order of its own: the bare epoch has to stay
within the noise floor of ``fit(jit_compile=True)``, which it compiles too, and that one within the
floor of ``fit``. Two kinds of models cannot be held to that last one, and have their loss compared:
with dropout, because XLA draws other numbers and drops other units, and with batch norm, because
what XLA rounds over zero moves a gradient at once.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from math import isfinite
from typing import Any

from bench import twins
from bench.compare import EQUAL
from bench.criteria import SAME_BITS, Criterion
from bench.exact import set_exact
from bench.exactness import causes
from bench.ladder_arms import Data, trainer
from bench.ledger import Entry, Ledger
from bench.noise_floor import RUNS, NoiseFloor, shaken_engine
from bench.rungs import PLAIN, Rung, every_rung
from bench.specs import Config
from bench.summaries import Record

BATCH_SIZE, SAMPLES, STEPS = 64, 150, 3
"""Two full batches and a partial one. No graph knows the size of a batch, so that what holds of
this one holds of any; a ConvNet's own would take minutes."""
LOSS_MARGINS = {"drops other units": 0.25, "rounds activations over zero": 0.01}
"""What XLA does to a model, and how far its loss may lie off: half of the units drawn anew move it
by some percent, roundings by a hundredth of one."""

MODES: dict[str, dict[str, Any]] = {
    "xla": {"xla": True},  # first: it is the one that op determinism must not precede
    "graph": {"engine": "step"},
    "eager": {"engine": "eager"},
}
"""What decides an exact mode, as ``bench.exact`` reads it from a config."""


@dataclass(frozen=True)
class Trained:
    """What a rung ends with."""

    weights: twins.Weights
    loss: float


def mode_of(rung: Rung) -> str:
    """Return the exact mode that a rung is proved in."""
    if rung.xla:
        return "xla"
    return "eager" if rung.eagerly else "graph"


def prove(config: Config, dataset: str, limit: int | None) -> list[Record]:
    """Put the process into one exact mode after the other; return a proof for each rung."""
    config = config.but(batch_size=BATCH_SIZE)
    data = Data(config, dataset, limit)
    return [proof for mode in MODES for proof in _prove(mode, config, data)]


def _prove(mode: str, config: Config, data: Data) -> Iterator[Record]:
    set_exact(config.but(**MODES[mode]))
    rungs = [rung for rung in every_rung() if mode_of(rung) == mode and rung is not PLAIN]
    plain = trained(twins_of(PLAIN, config, data), config, data)
    found = {rung.name: trained(twins_of(rung, config, data), config, data) for rung in rungs}
    exact = not causes(config.but(**MODES[mode]))
    criterion = SAME_BITS if exact else noise_floor(config, data, plain)
    if mode != "xla":
        for name, each in found.items():
            yield by_weights(name, PLAIN.name, each, plain, criterion)
        return
    bare, jit = (rung.name for rung in rungs)
    yield by_weights(bare, jit, found[bare], found[jit], criterion)
    if why := by_xla(config):
        yield by_loss(jit, PLAIN.name, found[jit], plain, why)
    else:
        yield by_weights(jit, PLAIN.name, found[jit], plain, criterion)


def by_xla(config: Config) -> str:
    """Return what XLA does to a model beside rounding; empty where that is all."""
    drops, rounds = LOSS_MARGINS
    if config.spec.dropout_rate:
        return drops
    return rounds if config.spec.batch_norm else ""


def twins_of(rung: Rung, config: Config, data: Data) -> Any:
    """Return a rung's engine, holding the weights that all start from."""
    engine: Any = twins.rung_engine(rung, config, twins.initial_weights(config))
    if rung.validates:
        engine.validation = data.validation.first(BATCH_SIZE)
    return engine


def trained(engine: Any, config: Config, data: Data) -> Trained:
    """Train an engine for the few steps."""
    train = trainer(engine, config.seed)
    loss = train(*data.train.first(SAMPLES), config.batch_size, epochs=1, shuffle=False)
    return Trained(engine.get_weights(), loss)


def noise_floor(config: Config, data: Data, plain: Trained) -> NoiseFloor:
    """Return how far rounding alone drives the model from itself in these steps."""
    ledger = Ledger(SAME_BITS)
    for run in range(RUNS):
        engine = shaken_engine(config.but(xla=False), twins.initial_weights(config), run)
        _compare(ledger, trained(engine, config, data), plain)
    return NoiseFloor(ledger, n_test=1)


def by_weights(
    rung: str, against: str, found: Trained, wanted: Trained, criterion: Criterion
) -> Record:
    """Return the proof that two rungs end with the same weights."""
    ledger = Ledger(criterion)
    _compare(ledger, found, wanted)
    entries = ledger.entries()
    worst = max(entries, key=lambda entry: (not entry.holds, entry.distance.max_ulp))
    return _record(rung, against, criterion.words, worst, all(entry.holds for entry in entries))


def by_loss(rung: str, against: str, found: Trained, wanted: Trained, why: str) -> Record:
    """Return the proof that two rungs whose weights must part have a loss alike."""
    margin, difference = LOSS_MARGINS[why], abs(found.loss - wanted.loss)
    holds = isfinite(found.loss) and difference <= margin * abs(wanted.loss)
    words = f"loss within {margin:.0%} (XLA {why}: its weights are proved by `gvk parity --xla`)"
    note = f"loss {found.loss:.4f} against {wanted.loss:.4f}"
    return _record(rung, against, words, Entry("loss", "loss", holds, EQUAL, STEPS, note), holds)


def _compare(ledger: Ledger, found: Trained, wanted: Trained) -> None:
    for name, value in wanted.weights.items():
        ledger.add("weights", name, found.weights[name], value, STEPS)


def _record(rung: str, against: str, criterion: str, worst: Entry, holds: bool) -> Record:
    return {
        "rung": rung,
        "against": against,
        "criterion": criterion,
        "steps": STEPS,
        "holds": holds,
        "tensor": worst.tensor,
        "max_abs": worst.distance.max_abs,
        "max_relative": worst.distance.max_relative,
        "max_ulp": worst.distance.max_ulp,
        "note": worst.note,
    }

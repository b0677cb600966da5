"""That every rung of a ladder trains the same model: the same few steps, then its weights.

What is timed is called as it is timed, shuffling apart: the samples stand in one order. The
rungs are held against ``fit``. In exact mode a rung without XLA has to end in the same bits, the
eager one too once Grappler is off, but for a convolution under oneDNN, where it is held to the
noise floor (``bench.proof.causes``). XLA sums in an order of its own: the bare epoch is held
against ``fit(jit_compile=True)``, which it compiles too, and that one against ``fit``. Both in
float64. In float32 an activation that is rounded over zero, once in some hundred thousand, moves a
whole gradient, and no bound tells that from a fault; in float64 it does not happen, and the bound
is 1e-12. One kind of model cannot be held to ``fit`` even so, and has its loss compared: with
dropout XLA draws other numbers and drops other units.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from math import isfinite
from typing import Any

from bench import twins
from bench.ladder import engines
from bench.ladder.rungs import AS_IT_COMES, Rung, every_rung
from bench.proof.causes import criterion_without_floor
from bench.proof.comparisons import Comparisons, Entry
from bench.proof.criteria import SAME_BITS, Criterion
from bench.proof.distance import EQUAL
from bench.proof.exact_mode import set_exact
from bench.proof.noise_floor import RUNS, NoiseFloor, shaken_engine
from bench.records.reading import Record
from bench.specs import Config
from bench.timing.samples import ModelData
from bench.timing.segments import trainer

BATCH_SIZE, SAMPLES, STEPS = 64, 150, 3
"""Two full batches and a partial one. No graph knows the size of a batch, so that what holds of
this one holds of any; a ConvNet's own would take minutes."""
LOSS_MARGIN = 0.25
"""How far the loss may lie off where other units are dropped: that moves it by some percent."""

MODES: dict[str, dict[str, Any]] = {
    "xla": {
        "xla": True,
        "dtype": "float64",
    },  # first: it is the one that op determinism must not precede
    "graph": {"engine": "step"},
    "eager": {"engine": "eager"},
}
"""What decides an exact mode (``bench.proof.exact_mode``), and its dtype."""


@dataclass(frozen=True)
class Ended:
    """What a rung ends with."""

    weights: twins.Weights
    loss: float


def mode_of(rung: Rung) -> str:
    """Return the exact mode that a rung is proved in."""
    if rung.xla:
        return "xla"
    return "eager" if rung.eagerly else "graph"


def prove_rungs(config: Config, dataset: str, limit: int | None) -> list[Record]:
    """Put the process into one exact mode after the other; return a proof for each rung."""
    config = config.but(batch_size=BATCH_SIZE)
    turned = {mode: config.but(**dials) for mode, dials in MODES.items()}
    return [
        proof
        for mode, own in turned.items()
        for proof in _prove(mode, own, ModelData(own, dataset, limit))
    ]


def _prove(mode: str, config: Config, data: ModelData) -> Iterator[Record]:
    set_exact(config)
    rungs = [rung for rung in every_rung() if mode_of(rung) == mode and rung is not AS_IT_COMES]
    plain = trained(starting_engine(AS_IT_COMES, config, data), config, data)
    ended = {
        rung.name: trained(starting_engine(rung, config, data), config, data) for rung in rungs
    }
    criterion = criterion_without_floor(config) or noise_floor(config, data, plain)
    if mode != "xla":
        for name, each in ended.items():
            yield by_weights(name, AS_IT_COMES.name, each, plain, criterion)
        return
    bare, jit = (rung.name for rung in rungs)
    yield by_weights(bare, jit, ended[bare], ended[jit], criterion)
    if config.spec.dropout_rate:
        yield by_loss(jit, AS_IT_COMES.name, ended[jit], plain)
    else:
        yield by_weights(jit, AS_IT_COMES.name, ended[jit], plain, criterion)


def starting_engine(rung: Rung, config: Config, data: ModelData) -> Any:
    """Return a rung's engine, holding the weights that all start from."""
    engine: Any = engines.rung_engine(rung, config, twins.initial_weights(config))
    if rung.validates:
        engine.validation = data.validation.first(BATCH_SIZE)
    return engine


def trained(engine: Any, config: Config, data: ModelData) -> Ended:
    """Train an engine for the few steps."""
    train = trainer(engine, config.seed)
    loss = train(*data.train.first(SAMPLES), config.batch_size, epochs=1, shuffle=False)
    return Ended(engine.get_weights(), loss)


def noise_floor(config: Config, data: ModelData, plain: Ended) -> NoiseFloor:
    """Return how far rounding alone drives the model from itself in these steps."""
    comparisons = Comparisons(SAME_BITS)
    for run in range(RUNS):
        engine = shaken_engine(config.but(xla=False), twins.initial_weights(config), run)
        ended = trained(engine, config, data)
        comparisons.add_all("weights", ended.weights, plain.weights, STEPS)
    return NoiseFloor(comparisons, n_test=1)


def by_weights(
    rung: str, against: str, ended: Ended, wanted: Ended, criterion: Criterion
) -> Record:
    """Return the proof that two rungs end with the same weights."""
    comparisons = Comparisons(criterion)
    comparisons.add_all("weights", ended.weights, wanted.weights, STEPS)
    entries = comparisons.entries()
    worst = max(entries, key=lambda entry: (not entry.holds, entry.distance.max_ulp))
    return _record(rung, against, criterion.words, worst, all(entry.holds for entry in entries))


def by_loss(rung: str, against: str, ended: Ended, wanted: Ended) -> Record:
    """Return the proof that two rungs that drop other units have a loss alike."""
    difference = abs(ended.loss - wanted.loss)
    holds = isfinite(ended.loss) and difference <= LOSS_MARGIN * abs(wanted.loss)
    words = f"loss within {LOSS_MARGIN:.0%} (XLA drops other units)"
    note = f"loss {ended.loss:.4f} against {wanted.loss:.4f}"
    return _record(rung, against, words, Entry("loss", "loss", holds, EQUAL, STEPS, note), holds)


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

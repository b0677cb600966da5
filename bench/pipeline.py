"""``gvk bench``: proof, then accuracy, then time, every result on the disk as soon as it is there.

Proof and accuracy run in exact mode, in a process of their own; time is taken in this one.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass

from bench import accuracy, parity, throughput
from bench.data import load
from bench.isolated import exact_process
from bench.machine import environment
from bench.parity import CheckedPair, Parity
from bench.prepare import dataset_for
from bench.records import accuracy_record, parity_record, throughput_record
from bench.results import Record, Store
from bench.specs import ENGINES, Config, default_config

Say = Callable[[str], None]


@dataclass(frozen=True)
class Plan:
    """What a bench does with each model; None leaves it to the workshop.

    Attributes:
        dataset, limit: what is trained on.
        parity_epochs: how long the lockstep is, at most.
        parity_steps: how long it is, at most, in steps.
        epochs: how long the accuracy run is.
        blocks: how often each arm is timed.
        seed: of weights, batches and the order of the arms.
        engines: of the raw side.
        accuracy, timing: whether that stage is run; the proof always is.
    """

    dataset: str = "auto"
    limit: int | None = None
    parity_epochs: int = 1
    parity_steps: int | None = None
    epochs: int | None = None
    blocks: int = 6
    seed: int = 0
    engines: tuple[str, ...] = ENGINES
    accuracy: bool = True
    timing: bool = True


def start(store: Store, models: list[str], plan: Plan, command: str) -> None:
    """Open a run in the store: when, where, on what data, by which command."""
    dataset = load(plan.dataset)  # the whole of it; each model says what it takes
    store.start(
        command=command,
        plan=asdict(plan),
        environment=environment(),
        dataset={
            "name": dataset.name,
            "source": dataset.source,
            "sha256": dataset.sha256,
            "train": len(dataset.train),
            "validation": len(dataset.validation),
            "test": len(dataset.test),
        },
    )


def run(store: Store, models: list[str], plan: Plan, say: Say) -> bool:
    """Measure each model; return whether every pair was proved equal."""
    with exact_process() as exact:
        runs = [run_model(store, exact, model, plan, say) for model in models]
    store.finish()
    return all(found.holds for found in runs)


@dataclass(frozen=True)
class ModelRun:
    """The records of one model: parity by raw engine, accuracy by initializer, throughput.

    Accuracy and throughput are empty where no engine was proved equal.
    """

    parity: dict[str, Record]
    accuracy: dict[str, Record]
    throughput: Record

    @property
    def holds(self) -> bool:
        """Whether every raw engine was proved equal."""
        return all(record["holds"] for record in self.parity.values())


def run_model(
    store: Store, exact: ProcessPoolExecutor, model: str, plan: Plan, say: Say
) -> ModelRun:
    """Prove, train and time one model; a pair that is not proved equal is not timed."""
    found, pairs = ModelRun({}, {}, {}), []
    for proof in prove(exact, model, plan, say):
        found.parity[proof.config.engine] = store.append("parity", **parity_record(proof))
        if proof.holds:
            pairs.append(CheckedPair(proof))
    if pairs and plan.accuracy:
        for result in compare_accuracy(exact, pairs[0], plan, say):
            found.accuracy[result["config"]["initializer"]] = store.append("accuracy", **result)
    if pairs and plan.timing:
        found.throughput.update(store.append("throughput", **time_pairs(pairs, plan, say)))
    return found


def prove(exact: ProcessPoolExecutor, model: str, plan: Plan, say: Say) -> Iterator[Parity]:
    """Walk the raw engines in lockstep with Keras; yield the proofs of a walk when it is over."""
    config = default_config(model, seed=plan.seed, epochs=plan.parity_epochs)
    for engines in parity.groups(config, plan.engines):
        for found in exact.submit(_check, config, engines, plan).result():
            say(parity_line(found))
            yield found


def compare_accuracy(
    exact: ProcessPoolExecutor, pair: CheckedPair, plan: Plan, say: Say
) -> Iterator[Record]:
    """Train both sides for the workshop's run, from each initializer; yield each record."""
    for initializer in pair.config.spec.initializers:
        record = exact.submit(_accuracy, pair, initializer, plan).result()
        say(accuracy_line(record))
        yield record


def time_pairs(pairs: list[CheckedPair], plan: Plan, say: Say) -> Record:
    """Time the checked pairs of a model in this process; return the record."""
    dataset = dataset_for(pairs[0].config.spec, plan.dataset, plan.limit)
    found = throughput.measure(pairs, dataset, plan.blocks, plan.seed)
    for line in throughput_lines(found):
        say(line)
    return throughput_record(found, len(dataset.train))


def parity_line(found: Parity) -> str:
    """Return the verdict of a lockstep in a line: 0 ULP, or how near and why not nearer."""
    c = found.config
    dials = [c.optimizer, *(["xla"] if c.xla else [])]
    dials += [value for value in (c.kernels, c.gradients) if value not in ("fused", "auto")]
    name = f"parity     {c.model} raw {c.engine} {' '.join(dials)}"
    if not found.holds:
        return f"{name}: DIFF, {found.first_difference}"
    said = f"{name}: OK, {found.criterion} over {found.steps:,} steps"
    if not found.causes:
        return said
    if found.max_ulp == 0:
        return f"{said} (0 ULP)"
    return f"{said}, weights {found.weights_drift:.1e} apart: {'; '.join(found.causes)}"


def accuracy_line(record: Record) -> str:
    """Return both test accuracies in a line."""
    return (
        f"accuracy   {record['model']} {record['config']['initializer']}: "
        f"raw {record['raw']['accuracy']:.4%}, keras {record['keras']['accuracy']:.4%} "
        f"after {record['steps']:,} steps, weights {record['max_ulp']:,} ULP apart"
    )


def throughput_lines(found: throughput.Throughput) -> list[str]:
    """Return a line for each arm: samples a second, time a step, and the ratio."""
    lines = []
    for arm in found.arms:
        seconds = sum(arm.seconds) / len(arm.seconds)
        line = (
            f"throughput {found.config.model} {arm.name}: "
            f"{found.n_samples / seconds:,.0f} samples/s, "
            f"{1e6 * seconds / found.steps:,.0f} us a step, first call "
            f"{arm.first_call_seconds:.2f} s"
        )
        if ratio := found.ratios.get(arm.name):
            line += (
                f", {ratio.ratio:.2f} times {throughput.REFERENCE} "
                f"({ratio.low:.2f} to {ratio.high:.2f})"
            )
        lines.append(line)
    return lines


def _check(config: Config, engines: list[str], plan: Plan) -> list[Parity]:
    dataset = dataset_for(config.spec, plan.dataset, plan.limit)
    return list(parity.check_engines(config, engines, dataset, plan.parity_steps))


def _accuracy(pair: CheckedPair, initializer: str, plan: Plan) -> Record:
    spec = pair.config.spec
    dataset = dataset_for(spec, plan.dataset, plan.limit)
    found = accuracy.measure(
        pair,
        dataset,
        initializer=initializer,
        sampling=spec.keras_sampling,
        epochs=plan.epochs or spec.epochs,
    )
    return accuracy_record(found, len(dataset.test))

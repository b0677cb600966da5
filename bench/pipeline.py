"""``gvk bench``: proof, then accuracy, then time, every result on the disk as soon as it is there.

Proof and accuracy run in exact mode, in a process of their own; time is taken in this one.
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import partial

from bench.anatomy.costs import costs_of
from bench.anatomy.costs_report import costs_lines
from bench.data.epoch_order import steps_per_epoch
from bench.data.for_model import dataset_for
from bench.host.built_here import BuiltHere
from bench.host.fresh_process import fresh_process
from bench.host.progress import Say
from bench.peers import measure as peers
from bench.peers.measure import Data
from bench.proof.lines import accuracy_line, parity_line, throughput_lines
from bench.proof.lockstep import CheckedPair, Parity, check_engines, groups
from bench.proof.proving import proofs
from bench.records.reading import Record
from bench.records.writing import Store
from bench.specs import ENGINES, Config, default_config
from bench.stats.verdicts import worst_exit_code
from bench.timing import one_sample, throughput
from bench.timing.model_stand import LATENCY, TRAINING, Engines
from bench.timing.plan import MeasuringPlan
from bench.timing.prices import in_words, prices
from bench.timing.resumable import Measurement
from bench.training import accuracy
from bench.training.accuracy_record import accuracy_record


@dataclass(frozen=True)
class BenchPlan(MeasuringPlan):
    """What a bench does with each model; None leaves it to the precision.

    Attributes:
        parity_epochs: how long the lockstep is, at most.
        parity_steps: how long it is, at most, in steps.
        optimizer: of the proof, of the accuracy run and of what is timed.
        epochs: how long the accuracy run is.
        sampling: how its epochs walk the data; None for as the workshop's Keras code does.
        initializers: what it starts from, a run each; none for each that the model has.
        engines: of the raw side.
        accuracy, timing: whether that stage is run; the proof always is.
        costs: whether what else a side costs is measured.
        peers: other libraries that are timed beside both, by ``bench.peers.names``.
    """

    parity_epochs: int = 1
    parity_steps: int | None = None
    optimizer: str = "sgd"
    epochs: int | None = None
    sampling: str | None = None
    initializers: tuple[str, ...] = ()
    engines: tuple[str, ...] = ()
    accuracy: bool = True
    timing: bool = True
    costs: bool | None = None
    peers: tuple[str, ...] = ()

    @property
    def measures_costs(self) -> bool:
        """Whether what else a side costs is measured: with the timing, if nothing is said."""
        return self.timing and self.preset.costs if self.costs is None else self.costs

    @property
    def raw_engines(self) -> tuple[str, ...]:
        """The raw engines, the precision's where none are named."""
        return self.engines or self.preset.engines

    def measurement(self, share: float = 1.0) -> Measurement:
        """Return how to measure, with a share of the time budget."""
        stop = self.preset.stop
        budget = self.time_budget or stop.budget_seconds
        stop = replace(
            stop,
            target_width=stop.target_width if self.target_width is None else self.target_width,
            budget_seconds=budget and share * budget,
            worth=round(share * stop.worth),
        )
        return self.measuring(stop)


def run(store: Store, models: list[str], plan: BenchPlan, say: Say) -> int:
    """Measure each model; return 0, 1 or 3, as the verdicts have it."""
    with fresh_process() as exact:
        runs = [run_model(store, exact, model, plan, say) for model in models]
    store.finish()
    if not all(model_run.holds for model_run in runs):
        return 1
    return worst_exit_code(word for model_run in runs if (word := model_run.verdict))


@dataclass(frozen=True)
class ModelRun:
    """The records of one model: parity by engine, accuracy by initializer, throughput by task.

    Accuracy and throughput are empty where no engine was proved equal.
    """

    parity: dict[str, Record]
    accuracy: dict[str, Record]
    throughput: dict[str, Record]

    @property
    def holds(self) -> bool:
        """Whether every engine was proved equal."""
        return all(record["holds"] for record in self.parity.values())

    @property
    def verdict(self) -> str:
        """The verdict on training by the first raw engine; empty where nothing was timed."""
        timed = self.throughput.get("training", {})
        return next((ratio["verdict"] for ratio in timed.get("ratios", [])), "")


def run_model(
    store: Store, exact: ProcessPoolExecutor, model: str, plan: BenchPlan, say: Say
) -> ModelRun:
    """Prove, train and time one model; a pair that is not proved equal is not timed.

    What an earlier sitting of the run has stored is taken as it is.
    """
    model_run, pairs = ModelRun({}, {}, {}), []
    for record, proof in prove_engines(store, exact, model, plan, say):
        model_run.parity[f"{proof.config.engine}, {proof.config.keras_engine}"] = record
        if proof.holds:
            pairs.append(CheckedPair(proof))
    if not any(pair.config.keras_engine == "fit" for pair in pairs):
        return model_run
    if plan.accuracy:
        for record in compare_accuracy(store, exact, pairs[0], plan, say):
            model_run.accuracy[record["config"]["initializer"]] = record
    if plan.timing:
        for record in time_pairs(store, pairs, plan, say):
            model_run.throughput[record["task"]] = record
    if plan.measures_costs:
        measure_costs(store, pairs[0], say)
    if plan.peers:
        data = Data.of(pairs[0].config, plan.dataset, plan.limit)
        peers.measure(store, pairs, plan.peers, data, plan.measurement(), say)
    return model_run


def prove_engines(
    store: Store, exact: ProcessPoolExecutor, model: str, plan: BenchPlan, say: Say
) -> Iterator[tuple[Record, Parity]]:
    """Walk raw engines in lockstep with Keras; yield the proofs of a walk when it is over.

    Every raw engine is held against ``fit``, and the first of them against each of Keras's other
    engines.
    """
    config = default_config(
        model, seed=plan.seed, epochs=plan.parity_epochs, optimizer=plan.optimizer
    )
    walks = [(engines, "fit") for engines in groups(config, plan.raw_engines)]
    others = keras_engines(config, plan) if plan.timing else ()
    walks += [([plan.raw_engines[0]], keras) for keras in others if keras != "fit"]
    for engines, keras_engine in walks:
        pair, walk = config.but(keras_engine=keras_engine), partial(_walk, plan=plan)
        yield from proofs(store, exact, pair, engines, walk, lambda proof: say(parity_line(proof)))


def keras_engines(config: Config, plan: BenchPlan) -> list[str]:
    """Return Keras's engines that are timed of a model."""
    return [
        name
        for name in plan.preset.keras_engines
        if ENGINES[name].steps_a_call == 1 or not config.spec.filters
    ]


def compare_accuracy(
    store: Store, exact: ProcessPoolExecutor, pair: CheckedPair, plan: BenchPlan, say: Say
) -> Iterator[Record]:
    """Train both sides from each initializer; yield each record."""
    for initializer in plan.initializers or pair.config.spec.initializers:
        head = {"model": pair.config.model, "initializer": initializer}
        if earlier := store.earlier("accuracy", **head):
            yield earlier[-1]
            continue
        record = exact.submit(_accuracy, pair, initializer, plan).result()
        say(accuracy_line(record))
        yield store.append("accuracy", **record, initializer=initializer)


def time_pairs(
    store: Store, pairs: list[CheckedPair], plan: BenchPlan, say: Say
) -> Iterator[Record]:
    """Time training, then inference; yield a record for each task."""
    shares = {TRAINING: 1.0, "inference": 0.3, LATENCY: 0.3}
    engines: Engines = BuiltHere()
    for task, share in shares.items():
        how = plan.measurement(share)
        data = (plan.dataset, plan.limit)
        record = throughput.measure(store, pairs, *data, how, task, engines)
        for line in throughput_lines(record):
            say(line)
        for each in prices(record) if task == TRAINING else ():
            say(f"training   {record['model']} {in_words(each)}: {each.why}")
        if task == LATENCY:
            say(f"latency    {record['model']} {one_sample.in_words(record)}")
        yield record


def measure_costs(store: Store, pair: CheckedPair, say: Say) -> None:
    """Measure what both sides cost besides speed, each in a process of its own."""
    if not store.earlier("costs", model=pair.config.model):
        for record in costs_of(pair.config):
            for line in costs_lines(store.append("costs", **record)):
                say(line)


def _walk(config: Config, engines: Sequence[str], plan: BenchPlan) -> list[Parity]:
    dataset = dataset_for(config.spec, plan.dataset, plan.limit)
    steps = plan.parity_steps or plan.preset.parity_steps
    return list(check_engines(config, engines, dataset, steps))


def _accuracy(pair: CheckedPair, initializer: str, plan: BenchPlan) -> Record:
    spec = pair.config.spec
    sampling = plan.sampling or spec.keras_sampling
    dataset = dataset_for(spec, plan.dataset, plan.limit)
    epochs = plan.epochs or spec.epochs
    cap = plan.preset.conv_steps if spec.filters else plan.preset.dense_steps
    if cap and not plan.epochs:
        config = pair.config.but(sampling=sampling)
        dataset = dataset.limit(min(len(dataset.train), cap * config.batch_size))
        epochs = min(epochs, max(1, cap // steps_per_epoch(config, len(dataset.train))))
    trained = accuracy.measure(
        pair, dataset, initializer=initializer, sampling=sampling, epochs=epochs
    )
    return accuracy_record(trained, len(dataset.test))

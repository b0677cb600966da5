"""What ``gvk explain --run`` measures: both graphs, how far twins part, and planted faults."""

from collections.abc import Sequence
from dataclasses import dataclass

from bench.anatomy.graph_report import added
from bench.explain.concepts import concepts_of
from bench.faults.words import listed, told
from bench.host.fresh_process import in_fresh_process
from bench.host.progress import Say
from bench.records.reading import Record
from bench.records.writing import Store
from bench.render.markdown import apart
from bench.specs import default_config, model_spec

DRIFT_STEPS = {"dense": 100, "conv": 20}


@dataclass(frozen=True)
class ExplainPlan:
    """What is run of each model.

    Attributes:
        dataset, limit: what is trained on.
        steps: of each training; None for as many as the model's faults need to be told.
        seed: of weights and batches.
    """

    dataset: str = "auto"
    limit: int | None = None
    steps: int | None = None
    seed: int = 0


def run(store: Store, models: Sequence[str], plan: ExplainPlan, say: Say) -> int:
    """Trace, walk and plant for each model; return 0."""
    for model in models:
        _graphs(store, model, say)
        _drift(store, model, plan, say)
        _faults(store, model, plan, say)
    store.finish()
    return 0


def _graphs(store: Store, model: str, say: Say) -> None:
    if store.earlier("graphs", model=model):
        return
    record = store.append("graphs", **in_fresh_process(_traced, model))
    say(f"explain    {model} graphs: Keras has {added(record):,} operations more, after Grappler")


def _drift(store: Store, model: str, plan: ExplainPlan, say: Say) -> None:
    if store.earlier("drift", model=model):
        return
    record = store.append("drift", **in_fresh_process(_walked, model, plan))
    last = {name: series[-1] for name, series in record["series"].items()}
    ends = ", ".join(f"{n} {apart(d['max_ulp'], d['max_relative'])}" for n, d in last.items())
    say(f"explain    {model} after {record['steps']} steps: {ends}")


def _faults(store: Store, model: str, plan: ExplainPlan, say: Say) -> None:
    faults = faults_of(model)
    done = {record["fault"] for record in store.earlier("fault", model=model)}
    if left := [fault for fault in faults if fault not in done]:
        for record in in_fresh_process(_planted, model, left, plan):
            say(f"explain    {model}: {told(store.append('fault', **record))}")


def faults_of(model: str) -> list[str]:
    """Return the faults that the concepts of a model name, each once, if they can happen in it."""
    spec = model_spec(model)
    named = (fault for concept in concepts_of(spec) for fault in concept.faults)
    return listed(dict.fromkeys(named), spec, {})


def _traced(model: str) -> Record:
    from bench.anatomy.trace import graphs_record

    return graphs_record(model)


def _walked(model: str, plan: ExplainPlan) -> Record:
    from bench.data.for_model import dataset_for
    from bench.proof.drift import drift

    config = default_config(model, seed=plan.seed, epochs=1)
    steps = plan.steps or DRIFT_STEPS["conv" if config.spec.filters else "dense"]
    return drift(config, dataset_for(config.spec, plan.dataset, plan.limit), steps)


def _planted(model: str, faults: list[str], plan: ExplainPlan) -> list[Record]:
    from bench.faults.runs import run_faults
    from bench.host.progress import progress

    records = []
    runs = run_faults(model, faults, plan.dataset, plan.limit, plan.steps, plan.seed)
    with progress(f"faults of {model}", len(faults)) as advance:
        for record in runs:
            records.append(record)
            advance()
    return records

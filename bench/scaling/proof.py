"""Whether replicas train as one does, before any of them is timed: in exact mode."""

from dataclasses import asdict
from functools import partial

from bench.data.for_model import dataset_for
from bench.host.device import replica_devices
from bench.host.fresh_process import fresh_process
from bench.records.reading import Record
from bench.records.writing import Store
from bench.scaling.stand import Job

STEPS = 2


def not_proved(store: Store, head: Record, job: Job) -> list[int]:
    """Answer the questions of ``gvk parity --replicas`` for each number; return where one fails."""
    return [
        n
        for n in job.replicas
        if not store.once("replicas", {**head, "replicas": n}, partial(_answered, job, n))["holds"]
    ]


def _answered(job: Job, n: int) -> Record:
    with fresh_process(cpus=n) as exact:
        answered: Record = exact.submit(answers, job, n).result()
    return answered


def answers(job: Job, n: int) -> Record:
    """Return what n replicas answer, in plain values; puts the process into exact mode."""
    from bench.scale.replicas import check_replicas

    dataset = dataset_for(job.config.spec, job.dataset, job.limit)
    few = dataset.limit(STEPS * job.config.batch_size)
    found = check_replicas(job.config, few, replica_devices(n), job.order, STEPS)
    each = [
        {
            "question": answer.question,
            "holds": answer.holds,
            "equal": answer.equal,
            "why": list(answer.why),
            **asdict(answer.distance),
        }
        for answer in found.answers
    ]
    return {"steps": found.steps, "holds": found.holds, "answers": each}

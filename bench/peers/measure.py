"""``gvk bench --peers``: each peer checked, then timed in turns with the twins."""

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from bench.data.for_model import dataset_for
from bench.errors import UserError
from bench.host.fresh_process import in_fresh_process
from bench.host.progress import Say
from bench.peers import reference, summary
from bench.peers.by_hand import candidates
from bench.peers.check import check
from bench.peers.lines import check_line, lines
from bench.peers.names import PEERS
from bench.peers.peer import LEAST_STEPS
from bench.peers.stand import Member, PeerStand, peer_member
from bench.proof.lockstep import CheckedPair
from bench.records.reading import AGAIN, Record
from bench.records.slices import METHOD
from bench.records.writing import Store
from bench.specs import Config
from bench.timing.resumable import Measurement, take_blocks
from bench.timing.summary import OWN
from bench.timing.turns import Worker, WorkerFailed

TASK = "peers"
NOT_WRITTEN = "NotWritten: "
"""What a worker's failure has where its peer raised ``bench.peers.peer.NotWritten``."""


@dataclass(frozen=True)
class Data:
    """What is trained on, as ``bench.data.for_model.dataset_for`` takes it."""

    dataset: str
    limit: int | None
    samples: int

    @classmethod
    def of(cls, config: Config, dataset: str, limit: int | None) -> "Data":
        """Return the data of a model, looked at once for its length."""
        return cls(dataset, limit, len(dataset_for(config.spec, dataset, limit).train))

    def of_epoch(self, config: Config) -> int:
        """Return the samples of an epoch; data that is too small is repeated."""
        return max(self.samples, LEAST_STEPS * config.batch_size)


def measure(
    store: Store,
    pairs: Sequence[CheckedPair],
    peers: Sequence[str],
    data: Data,
    how: Measurement,
    say: Say,
) -> Record | None:
    """Check and time the peers of a model; store every check and block, return the summary.

    Args:
        store: where the records go, and where an earlier sitting's are found.
        pairs: the proved pairs of the model.
        peers: keys of ``bench.peers.names.PEERS``.
        data: what is trained on.
        how: for how long; the workers stay open all the while, whatever the precision.
        say: prints a line of what is found.
    """
    config = pairs[0].config.but(engine="step", keras_engine="fit", xla=False)
    head = {"model": config.model, "task": TASK}
    if earlier := store.earlier(TASK, **head):
        return earlier[-1]
    with ExitStack() as stack:
        workers = Workers(stack, data)
        checked = list(_checked(store, head, config, peers, workers, say))
        members = [replace(m, proved=proof_in_words(c)) for m, c in checked if c["holds"]]
        if not members:
            return None
        steps = reference.CONV_STEPS if config.spec.filters else reference.DENSE_STEPS
        twins = candidates(config, pairs, data.dataset, data.limit, steps)
        members = [*_quickest(twins, workers), *members]
        checks = {"checks": [_as_found(check) for _, check in checked]}
        timed = _timed(store, head, members, workers, replace(how, precision="quick"))
        record = store.append(TASK, **timed, **checks)
    for line in lines(record):
        say(line)
    return record


class Workers(dict[str, Worker]):
    """The workers by arm, started when they are asked for, closed with the stack."""

    def __init__(self, stack: ExitStack, data: Data) -> None:
        super().__init__()
        self.stack, self.data, self.seconds = stack, data, dict[str, float]()

    def start(self, member: Member, copy: bool = False) -> Worker:
        """Return the worker of an arm, or of its copy."""
        name = member.name + AGAIN * copy
        if name not in self:
            worker = member.start(self.data.dataset, self.data.limit)
            self.stack.callback(worker.close)
            self[name] = worker
        return self[name]

    def prepare(self, member: Member, copy: bool = False) -> float:
        """Return about what a step of an arm takes, its worker ready to be timed."""
        name = member.name + AGAIN * copy
        if name not in self.seconds:
            self.seconds[name] = self.start(member, copy).prepare(member.name)
        return self.seconds[name]


def _checked(
    store: Store, head: Record, config: Config, peers: Sequence[str], workers: Workers, say: Say
) -> Iterator[tuple[Member, Record]]:
    """Yield the arm of each way to run a peer, and whether it is proved equal; say so."""
    data = workers.data
    walked = in_fresh_process(reference.walk, config, data.dataset, data.limit)
    with tempfile.TemporaryDirectory() as folder:
        for name in peers:
            for way in PEERS[name].ways:
                member = peer_member(way, PEERS[name], config)
                own = head | {"peer": name, "arm": way.name}
                # in each sitting: the workers of an earlier one are gone, and their weights
                found = _check(member, workers, walked, Path(folder))
                earlier = [
                    r for r in store.earlier("peer-check", **own) if found.items() <= r.items()
                ]
                record = earlier[-1] if earlier else store.append("peer-check", **own, **found)
                say(check_line(record))
                yield member, record


def _check(
    member: Member, workers: Workers, walked: reference.Reference, folder: Path
) -> dict[str, Any]:
    """Return what a check found, or why there is none; a peer that fails is closed."""
    versions = next(p.versions for p in PEERS.values() if p.title == member.engine)
    worker = workers.start(member)
    try:
        found = check(worker, walked, folder)
        if found["holds"]:
            workers.prepare(member)
    except (WorkerFailed, UserError) as error:
        found = {"holds": False, "why": _why_not(error), "steps": 0}
    if not found["holds"]:
        worker.close()
    masks = "handed over" if walked.start.masks else ""
    return found | {"versions": versions, "masks": masks, "title": member.engine}


def _why_not(error: Exception) -> str:
    """Return in a line what a worker said that could not walk."""
    first = str(error).split("\n")[0][:200]
    _, written, why = first.partition(NOT_WRITTEN)
    return f"not written: {why}" if written else f"failed: {first}"


def _as_found(record: Record) -> Record:
    """Return of the record of a check what it found."""
    return {key: value for key, value in record.items() if key not in (*OWN, "model", "task")}


def proof_in_words(record: Record) -> str:
    """Return what allowed a peer to be timed."""
    return f"{record['criterion']} over {record['steps']:,} steps"


def _quickest(twins: Sequence[Member], workers: Workers) -> list[Member]:
    """Return ``fit``, the raw arm that a look finds the fastest, and that with the same bits."""
    fit, raw = twins[0], twins[1:]
    best = min(raw, key=workers.prepare)
    same = [member for member in raw if member.same_bits]
    kept = dict.fromkeys([best, *([min(same, key=workers.prepare)] if same else [])])
    for member in raw:
        if member not in kept:
            workers[member.name].close()
    return [fit, *kept]


def _timed(
    store: Store,
    head: Record,
    members: Sequence[Member],
    workers: Workers,
    how: Measurement,
) -> Record:
    """Time the arms, ``fit`` and the best by hand with a copy each; return what was found."""
    seconds = {member.name: workers.prepare(member) for member in members}
    for member in members[:2]:
        seconds[member.name + AGAIN] = workers.prepare(member, copy=True)
    stand = PeerStand(workers, seconds, how.order_seed)
    facts = partial(_facts, members, seconds, stand, workers.data, how)
    record = store.once("stand", head, facts)
    width = partial(summary.width, record)
    blocks, stopped = take_blocks(store, head, stand, how.within(record["budget_seconds"]), width)
    return summary.summary(record, blocks) | {"stopped": stopped}


def _facts(
    members: Sequence[Member],
    seconds: Mapping[str, float],
    stand: PeerStand,
    data: Data,
    how: Measurement,
) -> Record:
    """Return everything besides the blocks that the summary is made of."""
    by_name = {member.name: member for member in members}
    config = members[0].config
    samples = data.of_epoch(config)
    steps = -(-samples // config.batch_size)
    arms = []
    for name, a_step in seconds.items():
        member = by_name[name.removesuffix(AGAIN)]
        of_arm = {name: getattr(member, name) for name in ("impl", "engine", "proved", "same_bits")}
        sizes = {"samples": samples, "steps": steps, "step_seconds": a_step}
        arms.append({"arm": name, **of_arm, **sizes})
    round_seconds = stand.pace.round_seconds
    return {
        "config": config.to_dict(),
        "arms": arms,
        "reference": members[0].name,
        "samples_per_segment": samples,
        "steps_per_segment": steps,
        "method": METHOD,
        "rounds": stand.pace.rounds,
        "budget_seconds": how.stop.budget(stand.pace.rounds * round_seconds),
        **how.facts,
    }

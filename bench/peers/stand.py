"""The arms of a measurement of peers: each in a worker of its own, in turns."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bench.peers.names import PeerSpec, Way
from bench.records.reading import AGAIN
from bench.specs import Config
from bench.timing.slices import Pace
from bench.timing.turns import Turns, Worker

TWINS = "bench.peers.by_twins:make"
ON_THE_CPU = {"CUDA_VISIBLE_DEVICES": "", "JAX_PLATFORMS": "cpu"}
"""Of every worker: PyTorch would stay there, and the others take a GPU where there is one."""
KERAS_BACKEND = "KERAS_BACKEND"


@dataclass(frozen=True, eq=False)
class Member:
    """An arm: how its worker is started, and what a record says of it.

    Attributes:
        name: of the arm.
        impl: ``raw``, ``keras`` or ``peer``.
        engine: how it is run.
        config: its dials.
        factory, arguments: of the worker.
        proved: what allowed it to be timed.
        same_bits: whether it holds the bits of Keras.
    """

    name: str
    impl: str
    engine: str
    config: Config
    factory: str
    arguments: Mapping[str, Any]
    proved: str = ""
    same_bits: bool = False

    def start(self, dataset: str, limit: int | None) -> Worker:
        """Start its worker."""
        data = {"config": self.config.to_dict(), "dataset": dataset, "limit": limit}
        backend = {KERAS_BACKEND: str(self.arguments.get("backend", "tensorflow"))}
        return Worker(self.factory, data | dict(self.arguments), ON_THE_CPU | backend, self.name)


def peer_member(way: Way, peer: PeerSpec, config: Config, proved: str = "") -> Member:
    """Return the arm of a way to run a peer."""
    return Member(way.name, "peer", peer.title, config, way.factory, way.arguments, proved)


def twin_member(config: Config, impl: str, proved: str, same_bits: bool) -> Member:
    """Return the arm of one side of a proved pair."""
    engine = config.engine if impl == "raw" else config.keras_engine
    xla = ", xla" if config.xla else ""
    arguments = {"impl": impl}
    return Member(
        f"{impl} {engine}{xla}", impl, engine, config, TWINS, arguments, proved, same_bits
    )


class PeerStand:
    """Workers that stand side by side, prepared; a stand of ``bench.timing.blocks``.

    Args:
        workers: by arm.
        step_seconds: about what a step of each takes.
        seed: of the lengths of slices.
    """

    def __init__(
        self, workers: Mapping[str, Worker], step_seconds: Mapping[str, float], seed: int
    ) -> None:
        self.workers = workers
        self.pace = Pace(step_seconds, 2, seed)

    @property
    def arms(self) -> Sequence[str]:
        """The names of the arms."""
        return list(self.pace.step_seconds)

    def open(self) -> Turns:
        """Return the workers in turns; they are closed by whoever started them."""
        return Turns({arm: (self.workers[arm], _own(arm)) for arm in self.arms}, self.pace)


def _own(arm: str) -> str:
    """Return what a worker calls its arm: a copy is prepared under the name of its like."""
    return arm.removesuffix(AGAIN)

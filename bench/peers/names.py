"""Which peers there are, what each needs, and whether it is installed. Loads none of them."""

from collections.abc import Iterable
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

from bench.errors import UserError
from bench.host.machine import installed

REMEDY = "pip install 'graph-vs-keras[peers]'"


@dataclass(frozen=True)
class Way:
    """One way to train with a peer's library: an arm of the measurement.

    Attributes:
        name: of the arm.
        factory: ``module:function``, called in the worker with a task and ``arguments``.
        arguments: plain values.
    """

    name: str
    factory: str
    arguments: dict[str, Any]


@dataclass(frozen=True)
class PeerSpec:
    """A library that others would write the models in.

    Attributes:
        title: what it is called.
        packages: that have to be installed.
        ways: in which it is run.
    """

    title: str
    packages: tuple[str, ...]
    ways: tuple[Way, ...]

    @property
    def missing(self) -> list[str]:
        """The packages that are not installed."""
        return [name for name in self.packages if find_spec(name) is None]

    @property
    def versions(self) -> str:
        """The installed version of each package, in words."""
        of = {"sklearn": "scikit-learn"}
        return ", ".join(f"{name} {installed(of.get(name, name))}" for name in self.packages)


def _way(name: str, module: str, **arguments: Any) -> Way:
    return Way(name, f"bench.peers.{module}:make", arguments)


PEERS: dict[str, PeerSpec] = {
    "numpy": PeerSpec("NumPy by hand", ("numpy",), (_way("numpy", "by_numpy"),)),
    "jax": PeerSpec(
        "JAX",
        ("jax",),
        (_way("jax step", "by_jax", scan=False), _way("jax scan", "by_jax", scan=True)),
    ),
    "torch": PeerSpec(
        "PyTorch",
        ("torch",),
        (
            _way("torch eager", "by_torch", compiled=False),
            _way("torch compiled", "by_torch", compiled=True),
        ),
    ),
    "sklearn": PeerSpec("scikit-learn", ("sklearn",), (_way("sklearn", "by_sklearn"),)),
    "keras-jax": PeerSpec(
        "Keras on JAX", ("keras", "jax"), (_way("keras-jax fit", "by_keras", backend="jax"),)
    ),
    "keras-torch": PeerSpec(
        "Keras on PyTorch",
        ("keras", "torch"),
        (_way("keras-torch fit", "by_keras", backend="torch"),),
    ),
}
ALL = "all"


def named(text: str) -> tuple[str, ...]:
    """Return the peers that a list with commas names; ``all`` are those that are installed.

    Raises:
        UserError: there is no such peer, or one that is named is not installed.
    """
    names = tuple(dict.fromkeys(name.strip() for name in text.split(",") if name.strip()))
    if names == (ALL,):
        return tuple(name for name, peer in PEERS.items() if not peer.missing)
    unknown = [name for name in names if name not in PEERS]
    if unknown or not names:
        choices = ", ".join((*PEERS, ALL))
        raise UserError(f"--peers {text!r} names no peer: choose of {choices}, with commas")
    _require(names)
    return names


def _require(names: Iterable[str]) -> None:
    for name in names:
        if missing := PEERS[name].missing:
            raise UserError(f"--peers {name}: {', '.join(missing)} is not installed: {REMEDY}")

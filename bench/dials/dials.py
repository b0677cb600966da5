"""The dials that a process has before TensorFlow starts, and what is at hand of them here."""

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from ctypes.util import find_library
from dataclasses import asdict, dataclass
from typing import Any

INTER, INTRA, ONEDNN = "TF_NUM_INTEROP_THREADS", "TF_NUM_INTRAOP_THREADS", "TF_ENABLE_ONEDNN_OPTS"
PRELOAD = "LD_PRELOAD"
XLA, ALLOCATOR = "XLA", "allocator"
ALLOCATORS = {"jemalloc": ("jemalloc",), "tcmalloc": ("tcmalloc_minimal", "tcmalloc")}
"""What a faster ``malloc`` is called, and the libraries that have it."""

TUNED = ("step", "epoch", "session", "fit")
"""The engines that are tuned where none is named; the last one is the reference."""

AS_IT_COMES, AGAIN = "as it comes", "as it comes again"


@dataclass(frozen=True)
class Dial:
    """A dial turned to a value.

    Attributes:
        name: such as ``inter-op threads 1``.
        kind: of which a process has one.
        shell: the line that turns it for every program started after it; empty where none does.
        python: the line that does so in a program; empty where it is too late there.
        variable, value: what is set before the process starts; empty where nothing is.
        xla: whether it is XLA, which is no affair of the process but of each engine.
    """

    name: str
    kind: str
    shell: str = ""
    python: str = ""
    variable: str = ""
    value: str = ""
    xla: bool = False


@dataclass(frozen=True)
class Setting:
    """Dials turned together; none of them: the process as it comes."""

    dials: tuple[Dial, ...] = ()
    again: bool = False

    @property
    def name(self) -> str:
        """The names of its dials."""
        if not self.dials:
            return AGAIN if self.again else AS_IT_COMES
        return " + ".join(dial.name for dial in self.dials)

    @property
    def environment(self) -> dict[str, str]:
        """The variables that are set before the process starts."""
        return {dial.variable: dial.value for dial in self.dials if dial.variable}

    @property
    def xla(self) -> bool:
        """Whether XLA compiles what it can."""
        return any(dial.xla for dial in self.dials)

    def to_list(self) -> list[dict[str, Any]]:
        """Return plain values for a record."""
        return [asdict(dial) for dial in self.dials]

    @classmethod
    def from_list(cls, dials: Sequence[Mapping[str, Any]]) -> "Setting":
        """Return the setting that a record holds."""
        return cls(tuple(Dial(**dial) for dial in dials))


def every_dial(facts: Mapping[str, Any]) -> list[Dial]:
    """Return every dial that turns something here.

    Args:
        facts: what the process is as it comes (``bench.dials.worker.Built.facts``).
    """
    return [*_threads(facts), _onednn(not facts["onednn"]), _xla(), *_allocators()]


def not_at_hand() -> list[str]:
    """Return the allocators that this machine has not got."""
    return [name for name, libraries in ALLOCATORS.items() if not _library(libraries)]


def _threads(facts: Mapping[str, Any]) -> Iterator[Dial]:
    """Yield each number of threads that is worth a try and is not what TensorFlow takes itself."""
    for kind, variable in (("inter-op", INTER), ("intra-op", INTRA)):
        for number in sorted({1, facts["physical"], facts["schedulable"]} - {facts[kind]}):
            yield Dial(
                f"{kind} threads {number}",
                f"{kind} threads",
                f"export {variable}={number}",
                f"tf.config.threading.set_{kind.replace('-', '_')}_parallelism_threads({number})",
                variable,
                str(number),
            )


def _onednn(on: bool) -> Dial:
    value = str(int(on))
    return Dial(
        f"oneDNN {'on' if on else 'off'}",
        "oneDNN",
        f"export {ONEDNN}={value}",
        f'os.environ["{ONEDNN}"] = "{value}"  # before TensorFlow is imported',
        ONEDNN,
        value,
    )


def _xla() -> Dial:
    line = "tf.function(..., jit_compile=True)  # in Keras: model.compile(..., jit_compile=True)"
    return Dial("XLA", XLA, python=line, xla=True)


def _allocators() -> Iterator[Dial]:
    for name, libraries in ALLOCATORS.items():
        if library := _library(libraries):
            every = ":".join(filter(None, [library, os.environ.get(PRELOAD)]))
            yield Dial(name, ALLOCATOR, f"export {PRELOAD}={every}", "", PRELOAD, every)


def _library(names: Sequence[str]) -> str | None:
    """Return the first of some libraries that the loader of this machine finds to preload."""
    if sys.platform != "linux":
        return None
    return next((found for name in names if (found := find_library(name))), None)

"""What is built once a process, and never sent to another: graphs, sessions, compiled programs."""

from collections.abc import Callable
from typing import TypeVar

K = TypeVar("K")
V = TypeVar("V")


class BuiltHere(dict[K, V]):
    """A dict of what this process has built; pickled, it is empty, and is filled there anew."""

    def __reduce__(self) -> tuple[type["BuiltHere[K, V]"], tuple[()]]:
        """Return how another process makes its own: without anything in it."""
        return type(self), ()

    def once(self, key: K, build: Callable[[], V]) -> V:
        """Return what stands under a key, built now unless it was before."""
        if key not in self:
            self[key] = build()
        return self[key]

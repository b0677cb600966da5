"""Which code by hand a run went through: the dials that choose one of several."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from bench.explain.excerpts import Excerpt

Excerpts = tuple[Excerpt, ...]


@dataclass(frozen=True)
class Form:
    """The dials of a run that decide which of its code by hand there is to show.

    Attributes:
        kernels, gradients, optimizer: as in ``bench.specs.Config``, with the defaults there.
    """

    kernels: str = "fused"
    gradients: str = "auto"
    optimizer: str = "sgd"

    @classmethod
    def of(cls, config: Mapping[str, Any]) -> "Form":
        """Return the form of a run from its config; a dial that it lacks has its default.

        >>> Form.of({"model": "mlp", "gradients": "manual"})
        Form(kernels='fused', gradients='manual', optimizer='sgd')
        """
        return cls(**{dial.name: config[dial.name] for dial in fields(cls) if dial.name in config})

    @property
    def words(self) -> str:
        """The dials and where they stand, in Markdown."""
        return ", ".join(f"{dial.name} `{getattr(self, dial.name)}`" for dial in fields(self))

    def operations(
        self, file: str, names: tuple[str, ...], helpers: tuple[str, ...] = ()
    ) -> tuple[Excerpts, Excerpts]:
        """Return the code that ran of some operations, and the formulas where those did not.

        Args:
            file: where both forms of each operation stand.
            names: of the operations; a formula has the same with ``_primitive``.
            helpers: what the formulas call.
        """
        fused = tuple(Excerpt(file, name) for name in names)
        written_out = (*(f"{name}_primitive" for name in names), *helpers)
        formulas = tuple(Excerpt(file, name) for name in written_out)
        return (fused, formulas) if self.kernels == "fused" else (formulas, ())

"""How a hand-written model is run: what Keras's ``fit`` hides."""

from rawtf.engines.base import Engine, Probe
from rawtf.engines.eager import Eager
from rawtf.engines.epoch import Epoch
from rawtf.engines.gathered import Gathered
from rawtf.engines.piped import Piped
from rawtf.engines.session import Session
from rawtf.engines.step import Step

ENGINES: dict[str, type[Engine]] = {
    "step": Step,
    "epoch": Epoch,
    "session": Session,
    "eager": Eager,
}

RUNGS: dict[str, type[Engine]] = ENGINES | {"gathered": Gathered, "piped": Piped}
"""With those that only ``gvk ladder`` climbs: steps on the way from the graph to ``fit``."""

__all__ = ["ENGINES", "RUNGS", "Engine", "Probe"]

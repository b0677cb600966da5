"""How a hand-written model is run: what Keras's ``fit`` hides."""

from rawtf.engines.base import Engine, Probe
from rawtf.engines.eager import Eager
from rawtf.engines.epoch import Epoch
from rawtf.engines.gathered import Gathered
from rawtf.engines.piped import Piped
from rawtf.engines.session import Session
from rawtf.engines.step import Step

BY_NAME: dict[str, type[Engine]] = {
    "step": Step,
    "epoch": Epoch,
    "session": Session,
    "eager": Eager,
}

EVERY_BY_NAME: dict[str, type[Engine]] = BY_NAME | {"gathered": Gathered, "piped": Piped}
"""With those that only ``gvk ladder`` climbs: steps on the way from the graph to ``fit``."""

__all__ = ["BY_NAME", "EVERY_BY_NAME", "Engine", "Probe"]

"""How a hand-written model is run: what Keras's ``fit`` hides."""

from rawtf.engines.base import Engine, Probe
from rawtf.engines.eager import Eager
from rawtf.engines.epoch import Epoch
from rawtf.engines.session import Session
from rawtf.engines.step import Step

ENGINES: dict[str, type[Engine]] = {
    "step": Step,
    "epoch": Epoch,
    "session": Session,
    "eager": Eager,
}

__all__ = ["ENGINES", "Engine", "Probe"]

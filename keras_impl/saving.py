"""Saving in Keras: layers, weights and optimizer state in one archive.

The random state of a dropout layer is not in it (Keras 3.15; keras issue 19796): a model that is
loaded draws other masks from then on, and training ends elsewhere than without the interruption.
``gvk train --save FILE.keras`` runs ``save``; ``--load`` runs ``load``.
"""

from pathlib import Path

import keras


def save(path: Path, model: keras.Model) -> None:
    """Write the whole model; the name has to end in ``.keras``. By hand: ``rawtf.saving``."""
    model.save(path)


def load(path: Path) -> keras.Model:
    """Return the model that ``save`` wrote, compiled as it was, ready to train on."""
    return keras.models.load_model(path)

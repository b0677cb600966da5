"""The arms of a floor, by name. Nothing here imports TensorFlow."""

from bench.records.reading import AGAIN

PRODUCTS, GATHERED, LARGE = "products", "products and gather", "large product"
EACH = "each by its fastest"
"""How the products of a step are done, where it is not all by one library."""
LARGE_SIZE = 2048
"""Rows and columns of both factors of the large product: what the machine can do at its best."""
ENGINE_ARMS = {
    "raw epoch": ("raw", "epoch", False),
    "raw epoch, XLA": ("raw", "epoch", True),
    "raw step": ("raw", "step", False),
    "keras fit": ("keras", "fit", False),
}
"""Whose it is, the engine, and whether XLA compiles it; the first gets a copy, the control."""
REFERENCE = "keras fit"
"""What a frame of the records holds every arm against."""
CONTROL = next(iter(ENGINE_ARMS)) + AGAIN
ALL = (PRODUCTS, GATHERED, LARGE, *ENGINE_ARMS, CONTROL)

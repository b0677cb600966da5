"""Where the user keeps what can be done again: a memory, and no more."""

import os
from contextlib import suppress
from pathlib import Path


def cache_folder() -> Path | None:
    """Return the folder for it; None where the user has no place."""
    if given := os.environ.get("XDG_CACHE_HOME"):
        return Path(given) / "gvk"
    with suppress(RuntimeError):  # no home folder
        return Path.home() / ".cache" / "gvk"
    return None

"""Files that a user names for output: checked before any work, written whole or not at all."""

import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from bench.errors import UserError
from bench.records.reading import plain, write_whole

JSON_SCHEMA = 1


def new_file(path: Path | None, option: str) -> None:
    """Check that a file can be made at a path.

    Raises:
        UserError: it is there already (nothing of the user's is overwritten), or its folder is
            missing or not writable.
    """
    if path is None:
        return
    if path.exists():
        raise UserError(f"{option} {path} is there already: name a new file, or move it away")
    try:
        with path.open("xb"):
            pass
        path.unlink()
    except OSError as error:
        raise UserError(
            f"{option} {path}: {error.strerror}: name a file that can be made"
        ) from error


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """Yield a path to write to; what is written gets its own name when it is whole.

    Raises:
        UserError: the disk does not take it.
    """
    part = path.with_name(f"{path.stem}.part{path.suffix}")
    try:
        part.unlink(missing_ok=True)  # of a run that was killed
        yield part
        part.replace(path)
    except OSError as error:
        with suppress(OSError):
            part.unlink()
        why = error.strerror or type(error).__name__
        raise UserError(f"cannot write {path} ({why}): make room, or name another file") from error


def write_json(path: Path | None, verb: str, result: dict[str, Any]) -> None:
    """Write what a verb found, under a versioned schema; nothing where no path is given."""
    if path is not None:
        whole = {"schema": JSON_SCHEMA, "verb": verb, **plain(result)}
        write_whole(path, (json.dumps(whole, indent=2) + "\n").encode())

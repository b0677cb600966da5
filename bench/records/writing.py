"""Writing records: each is on the disk, sealed, before the next one is measured."""

import json
import os
import secrets
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.errors import UserError
from bench.records.reading import FILE_NAME, SCHEMA, Record, ended, is_whole, plain, read
from bench.records.seals import digest, identity_of, sealed


class Store:
    """Writes the records of one run; each is on the disk before ``append`` returns.

    Args:
        folder: of the report; it is made, and tried out right away.

    Raises:
        UserError: it cannot be written to, or the records in it cannot be read.
    """

    def __init__(self, folder: Path) -> None:
        self.folder, self.path = folder, folder / FILE_NAME
        self.run = ""
        self._earlier: list[Record] = []
        _check_writable(self.folder, self.path)
        if self.path.exists():
            read(folder)  # better now than after an hour of measuring

    def start(self, resume: bool = False, **values: Any) -> Record:
        """Begin a run: choose its id and append what it is about; or go on with the last one.

        Args:
            resume: go on with the last run of this verb, if there is one.
            values: what the run is about; ``verb``, ``plan``, ``dataset`` and ``environment``
                have to be the same to go on.

        Raises:
            UserError: the run to go on with was another one, or on another machine.
        """
        now = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%S+00:00}"
        _mend(self.path)
        if resume and (run := self._to_resume(plain(values))):
            self.run = run["run"]
            self._earlier = [r for r in read(self.folder) if r["run"] == self.run]
            if not self.is_ended:
                self.append("resume", started=now)
            return run
        self.run = f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{secrets.token_hex(2)}"
        values = {"started": now, **values, "identity": digest(identity_of(plain(values)))}
        return self.append("run", **values)

    def earlier(self, kind: str, **head: Any) -> list[Record]:
        """Return what an earlier sitting of this run stored under a kind and some values."""
        wanted = plain(head).items()
        return [r for r in self._earlier if r["kind"] == kind and wanted <= r.items()]

    def once(self, kind: str, head: Record, make: Callable[[], Record]) -> Record:
        """Return the record of an earlier sitting; where there is none, make one and append it.

        Args:
            kind: of the record.
            head: what it is about, by which it is found again.
            make: returns all the rest of it; what it repeats of the head goes over the head.
        """
        earlier = self.earlier(kind, **head)
        return earlier[-1] if earlier else self.append(kind, **head | make())

    @property
    def is_ended(self) -> bool:
        """Whether an earlier sitting finished the run."""
        return self.run in ended(self._earlier)

    def _to_resume(self, values: Record) -> Record | None:
        """Return the last run of the verb, if it is the same in all that counts."""
        runs = [r for r in read(self.folder) if r["kind"] == "run"] if self.path.exists() else []
        runs = [run for run in runs if run.get("verb") == values.get("verb")]
        if not runs:
            return None
        there, here = identity_of(runs[-1]), identity_of(values)
        for name in here:
            if there.get(name) != here[name]:
                raise UserError(
                    f"--resume: the last run has {name} {there.get(name)}, this one {here[name]}: "
                    "give the same options on the same machine, or leave --resume out"
                )
        return runs[-1]

    def append(self, kind: str, **values: Any) -> Record:
        """Append one record and return it as it was written.

        Raises:
            UserError: the disk does not take it.
        """
        if not self.run:
            raise RuntimeError("Store.start() comes before Store.append()")
        head = {"schema": SCHEMA, "kind": kind, "run": self.run}
        record: Record = sealed({**head, **plain(values), **head})
        line = json.dumps(record, allow_nan=False) + "\n"
        try:
            with self.path.open("ab") as file:
                file.write(line.encode())
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise _unwritable(self.folder, error) from error
        return record

    def finish(self) -> Record:
        """Append the record that makes the run complete, unless it is there."""
        return self._earlier[-1] if self.is_ended else self.append("end")


def _mend(path: Path) -> None:
    """End the last line, so that a new record starts its own; drop it where a kill cut it off."""
    try:
        written = path.read_bytes() if path.exists() else b""
        last = written.rpartition(b"\n")[2]
        if last and is_whole(last):
            with path.open("ab") as file:
                file.write(b"\n")
        elif last:
            os.truncate(path, len(written) - len(last))
    except OSError as error:
        raise _unwritable(path.parent, error) from error


def _check_writable(folder: Path, path: Path) -> None:
    """Try the folder, and the file if there is one, without leaving anything behind."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
        if path.exists():
            path.open("ab").close()
    except OSError as error:
        raise _unwritable(folder, error) from error


def _unwritable(folder: Path, error: OSError) -> UserError:
    why = error.strerror or type(error).__name__
    return UserError(
        f"reports folder {folder} cannot be written to ({why}): choose another with --reports"
    )

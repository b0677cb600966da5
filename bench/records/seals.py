"""Digests of records: what shows that a digit was changed by hand, and that runs are alike."""

import hashlib
import json
from typing import Any

SEAL = "digest"
# What a run is about, and what of it may differ between two sittings of one run.
IDENTITY = ("verb", "plan", "dataset", "environment")
PASSING = ("load_average",)


def digest(values: Any) -> str:
    """Return the first 16 hexadecimal digits of the SHA-256 of a value's JSON, keys sorted."""
    text = json.dumps(values, sort_keys=True, allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def sealed(record: dict[str, Any]) -> dict[str, Any]:
    """Return a record with the digest of all the rest of it."""
    return record | {SEAL: digest(_without_seal(record))}


def seal_holds(record: dict[str, Any]) -> bool:
    """Return whether a record is as it was written; one from before there were seals passes."""
    return SEAL not in record or record[SEAL] == digest(_without_seal(record))


def identity_of(run: dict[str, Any]) -> dict[str, Any]:
    """Return what two sittings must have in common to be one run, as one flat dict."""
    flat: dict[str, Any] = {}
    for part in IDENTITY:
        value = run.get(part)
        if isinstance(value, dict):
            flat |= {f"{part}: {k}": v for k, v in value.items() if k not in PASSING}
        else:
            flat[part] = value
    return flat


def _without_seal(record: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in record.items() if key != SEAL}

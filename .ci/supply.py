"""What the project stands on: the licence of each package that it needs, and known weaknesses.

``python .ci/supply.py licences`` prints the first, and fails where a licence is not among those
allowed. ``python .ci/supply.py weaknesses FILE`` says what ``pip-audit --format json`` found, and
fails never: a weakness that is published today would break code that has not changed. It says how
many packages were looked up, since pip-audit finds nothing where it reaches no database.
"""

import json
import re
import sys
from collections.abc import Iterator
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement

PROJECT = "graph-vs-keras"
ALLOWED = {
    "Apache": "Apache", "MIT": "MIT", "BSD": "BSD", "ISC": "ISC", "Zlib": "Zlib", "CC0": "CC0",
    "Python Software Foundation": "PSF", "PSF": "PSF",
    "MPL": "MPL-2.0, which asks for no more than that its own files stay open",
}  # fmt: skip
"""Licences under which a package may be used in any program, by what its metadata says."""
IN_ITS_FILE = {"namex": "Apache License 2.0"}
"""Of packages whose metadata says nothing, what their LICENSE file is."""


def needed(project: str = PROJECT) -> Iterator[Distribution]:
    """Yield every package that a project needs to run, and all that those need."""
    left, seen = [Requirement(project)], set()
    while left:
        wanted = left.pop()
        name = wanted.name.lower().replace("_", "-")
        if name in seen:
            continue
        seen.add(name)
        try:
            found = distribution(name)
        except PackageNotFoundError:  # for another system
            continue
        if name != project:
            yield found
        extras = {"", *wanted.extras}
        for each in map(Requirement, found.requires or ()):
            if not each.marker or any(each.marker.evaluate({"extra": e}) for e in extras):
                left.append(each)


def licence(package: Distribution) -> str:
    """Return a package's licence as its metadata has it, in a line."""
    about = package.metadata
    classified = [
        c.split(" :: ")[-1] for c in about.get_all("Classifier", []) if c.startswith("License ::")
    ]
    stated = (about.get("License") or "").split("\n")[0]
    said = about.get("License-Expression") or ", ".join(classified) or stated
    return said or IN_ITS_FILE.get(about["Name"], "not stated")


def licences() -> dict[str, str]:
    """Return the licence of every package that is needed, by name."""
    every = sorted(needed(), key=lambda package: package.metadata["Name"].lower())
    return {package.metadata["Name"]: licence(package) for package in every}


def is_allowed(said: str) -> bool:
    """Return whether every part of a licence, or one where there is a choice, is allowed.

    >>> is_allowed("MIT"), is_allowed("MIT AND GPL-3.0"), is_allowed("MIT OR GPL-3.0")
    (True, False, True)
    """
    return any(
        all(any(name in part for name in ALLOWED) and "GPL" not in part for part in parts)
        for parts in (re.split(r" AND ", choice.strip("()")) for choice in said.split(" OR "))
    )


def weaknesses(report: dict[str, Any]) -> list[str]:
    """Return what an audit found, a line each, and how many packages it could look up."""
    packages = report["dependencies"]
    looked_up = [package for package in packages if "skip_reason" not in package]
    lines = [
        f"{package['name']} {package['version']}: {found['id']}, mended in "
        f"{', '.join(found['fix_versions']) or 'no version yet'}"
        for package in looked_up
        for found in package["vulns"]
    ]
    if not looked_up:
        return ["known weaknesses: not looked up, no database of them is to be had here"]
    total = f"{len(looked_up)} of {len(packages)} packages looked up"
    return [f"known weaknesses: {len(lines)}, {total}", *lines]


def main(what: str, path: str = "") -> int:
    """Print what is asked for; return the exit code."""
    if what == "weaknesses":
        text = Path(path).read_text() if Path(path).exists() else ""
        report = json.loads(text) if text.strip() else {"dependencies": []}
        print("\n".join(weaknesses(report)))
        return 0
    found = licences()
    print("\n".join(f"{name}: {said}" for name, said in found.items()))
    refused = [name for name, said in found.items() if not is_allowed(said)]
    if refused:
        print(f"not among the licences that are allowed: {', '.join(refused)}")
    return 1 if refused else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

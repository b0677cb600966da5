"""Names of files made of names in records: whatever a record says, it stays in its folder."""

import re
from hashlib import sha256

_ODD = re.compile(r"[^A-Za-z0-9_-]")


def slug(name: str) -> str:
    """Return a name as part of a file's name; what is replaced leaves a mark, so none collide.

    >>> slug("mlp-dropout")
    'mlp-dropout'
    >>> slug("../x")
    '___x-d6b96a97'
    """
    plain = _ODD.sub("_", name)[:60]
    return plain if plain == name else f"{plain}-{sha256(name.encode()).hexdigest()[:8]}"

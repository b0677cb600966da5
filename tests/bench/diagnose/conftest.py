"""Pairs as their users wrote them: files to diagnose, not modules to collect."""

import pytest

collect_ignore = ["cases", "more", "own_cases", "held_out", "unseen"]


@pytest.fixture
def blind(tmp_path):
    """Return a function that diagnoses a known pair without its name and its answer."""
    from bench.diagnose.api import diagnose_pair
    from bench.diagnose.marks import stripped
    from bench.diagnose.pair import pair_of_files

    def diagnosed(file, loop="loop"):
        path = tmp_path / f"pair_{abs(hash((file.stem, loop)))}.py"
        path.write_text(stripped(file.read_text(), keep=loop))
        return diagnose_pair(pair_of_files((str(path),), loop, "reference", "DATA"))

    return diagnosed

"""Pages without their figures, for tests that read the words."""

import pytest


@pytest.fixture
def undrawn(monkeypatch):
    """Put an empty figure in the place of each: to draw them takes most of a report's time."""
    for module in ("document", "model_page"):
        monkeypatch.setattr(f"bench.report.{module}.svg", lambda *_: b"<svg/>")

"""What tests of exercises share."""

import pytest


@pytest.fixture
def in_this_process(monkeypatch):
    """Grade without a process of its own, which takes seconds to start."""
    from bench.exercises.grading import graded
    from bench.exercises.submission import submission

    monkeypatch.setattr(
        "bench.commands.grade.grade_apart", lambda file, *limits: graded(submission(file))
    )

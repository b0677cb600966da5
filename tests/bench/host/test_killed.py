"""A process that the system kills is said in a line; without TensorFlow it starts at once."""

import os
import signal

import pytest

from bench.errors import UserError
from bench.host import fresh_process
from bench.host.memory import KILLED, how_it_ended


def nothing(*_):
    """Stand where TensorFlow would be started."""


def killed():
    os.kill(os.getpid(), signal.SIGKILL)


def test_a_process_that_the_system_kills_is_one_line(monkeypatch):
    monkeypatch.setattr(fresh_process, "prepare", nothing)
    with pytest.raises(UserError, match=r"most likely by signal 9 \(SIGKILL\), .*memory is short"):
        fresh_process.in_fresh_process(killed)
    assert how_it_ended(-signal.SIGKILL) == KILLED

"""Ctrl-C once is a question, twice the end; so is what a scheduler sends."""

import signal
import subprocess
import sys
import threading

import pytest

from bench.host.stopping import stop_asked

PROGRAM = """
import signal, sys
from bench.host.stopping import stop_asked
with stop_asked(lambda line: print(line, flush=True)) as asked:
    assert not asked()
    signal.raise_signal({first})
    assert asked()
    print("goes on", flush=True)
    signal.raise_signal({second})
    print("is never reached", flush=True)
"""


@pytest.mark.parametrize(
    ("first", "second"), [("SIGINT", "SIGINT"), ("SIGTERM", "SIGTERM"), ("SIGTERM", "SIGINT")]
)
def test_the_first_signal_is_noted_and_the_second_ends_the_process(first, second):
    program = PROGRAM.format(first=f"signal.{first}", second=f"signal.{second}")
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert done.returncode == -signal.Signals[second]
    assert done.stdout.splitlines() == [
        f"{first}: stops at the next checkpoint; once more ends at once",
        "goes on",
    ]


def test_outside_the_main_thread_nothing_is_asked():
    seen = []

    def work():
        with stop_asked(print) as asked:
            seen.append(asked())

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert seen == [False]

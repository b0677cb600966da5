"""The pytest plugin: ``pytest --benchmark`` runs what ``gvk bench`` runs, and nothing else does.

pytest-benchmark has no option of that name, and pytest allows no abbreviations. Its own options
(``--benchmark-json``, ``--benchmark-compare``, ...) go on working beside it.
"""

import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from bench.pipeline import ModelRun

MARKER = "gvk_benchmark"
_REPORT = pytest.StashKey[Path]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Register ``--benchmark`` and what it takes."""
    group = parser.getgroup("graph-vs-keras", "raw TensorFlow beside Keras")
    add = group.addoption
    add("--benchmark", action="store_true", help="Run the benchmarks, and only them.")
    add("--gvk-dataset", default="auto", metavar="D", help="As in gvk bench --dataset.")
    add("--gvk-limit", type=int, metavar="N", help="As in gvk bench --limit.")
    add("--gvk-epochs", type=int, metavar="N", help="Of the accuracy run, as in gvk bench.")
    add(
        "--gvk-precision",
        default="quick",
        metavar="P",
        choices=("quick", "full"),
        help="As in gvk bench.",
    )
    add("--gvk-blocks", type=int, metavar="N", help="How many blocks, whatever they say.")
    add("--gvk-reports", default="reports", metavar="DIR", help="Where the report goes.")
    add("--gvk-name", metavar="NAME", help="Of the report (default: the data set's name).")


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker of what ``--benchmark`` runs."""
    config.addinivalue_line("markers", f"{MARKER}: timed by pytest --benchmark, else deselected")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep the benchmarks under ``--benchmark``, everything else without it."""
    wanted = bool(config.getoption("benchmark"))
    out = [item for item in items if bool(item.get_closest_marker(MARKER)) != wanted]
    if out:
        config.hook.pytest_deselected(items=out)
        items[:] = [item for item in items if item not in set(out)]


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Say where the report was written."""
    if path := config.stash.get(_REPORT, None):
        terminalreporter.write_line(f"gvk report: {path}")


class Benches:
    """Runs the pipeline for a model when it is first asked for, and keeps what it measured."""

    def __init__(self, config: pytest.Config, stack: ExitStack) -> None:
        from bench.data.datasets import load
        from bench.host.fresh_process import fresh_process
        from bench.host.lock import sole_measurement
        from bench.pipeline import BenchPlan
        from bench.records.reading import report_folder
        from bench.records.run_header import begin
        from bench.records.writing import Store
        from bench.specs import MODELS

        option = config.getoption
        self.plan = BenchPlan(
            dataset=option("gvk_dataset"),
            limit=option("gvk_limit"),
            precision=option("gvk_precision"),
            epochs=option("gvk_epochs"),
            blocks=option("gvk_blocks"),
        )
        stack.enter_context(sole_measurement())
        self.reports = Path(option("gvk_reports"))
        name = option("gvk_name") or load(self.plan.dataset).name
        self.folder = report_folder(self.reports, name)
        self.store = Store(self.folder)
        command = "pytest " + " ".join(sys.argv[1:])
        begin(self.store, "bench", self.plan, command, models=list(MODELS))
        self.exact = stack.enter_context(fresh_process())
        self.measured: dict[str, ModelRun] = {}

    def model(self, name: str) -> "ModelRun":
        """Return the records of a model, measured once a session."""
        from bench.pipeline import run_model

        if name not in self.measured:
            self.measured[name] = run_model(self.store, self.exact, name, self.plan, print)
        return self.measured[name]

    def report(self) -> Path:
        """End the run and write the report from its records."""
        from bench.report.document import write_report
        from bench.report.index import write_index

        self.store.finish()
        path = write_report(self.folder)
        write_index(self.reports)
        return path


@pytest.fixture(scope="session")
def gvk_benches(request: pytest.FixtureRequest) -> Iterator[Benches]:
    """The pipeline of this session; the report is written when the session's tests are over."""
    from bench.data.datasets import load
    from bench.errors import UserError
    from bench.host.quiet_import import quiet_tensorflow

    with ExitStack() as stack:
        try:
            load(request.config.getoption("gvk_dataset"))  # a bad name is said before the wait
            quiet_tensorflow()
            benches = Benches(request.config, stack)
        except UserError as error:
            pytest.exit(f"gvk: {error}", returncode=2)
        yield benches
        if benches.measured:
            request.config.stash[_REPORT] = benches.report()


class Replay:
    """Plays measured seconds to pytest-benchmark as its clock, so that both say the same.

    The arms of a model are timed interleaved, which pytest-benchmark cannot do: it runs one
    function to its end before the next. So the seconds of an arm's segments are measured first,
    and its statistics are made of these by a clock that each call of ``segment`` puts forward.
    """

    def __init__(self) -> None:
        self.seconds: Iterator[float] = iter(())
        self.now = 0.0

    def play(self, seconds: list[float]) -> None:
        """Take the segments of the next test."""
        self.seconds = iter(seconds)

    def __call__(self) -> float:
        """Return the time."""
        return self.now

    def segment(self) -> None:
        """Let the next measured segment pass."""
        self.now += next(self.seconds)

"""What every test shares: a small data set, and TensorFlow in exact mode where it is used."""

import os
import tempfile
from pathlib import Path

import pytest

from tests.haste import OneProcess, hasten

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
# what the tests time is not to be trusted anyway, and is not to wait for what is
os.environ["GVK_LOCK"] = str(Path(tempfile.gettempdir()) / f"gvk-tests-{os.getpid()}.lock")
pytest_plugins = ["pytester"]

COLLECTED = pytest.StashKey[list[pytest.Item]]()
LIMIT = 300  # two full batches of 128 and a partial one


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config, items):
    """Keep what was collected, before ``-m`` and ``-k`` take their part of it away."""
    config.stash[COLLECTED] = list(items)


@pytest.fixture
def whole_suite(request):
    """Return every test that there is; skip where no more than some files were collected."""
    items = request.config.stash[COLLECTED]
    tests = Path(__file__).parent
    files = set(tests.rglob("test_*.py")) - set((tests / "benchmarks").iterdir())
    if not files <= {item.path for item in items}:
        pytest.skip("some tests were not collected: run pytest without naming files")
    return items


@pytest.fixture(scope="session")
def never_exact():
    """Return what runs in a process in which nothing asks for op determinism.

    That cannot be undone, and under it Keras compiles nothing by XLA, and a graph without a seed
    draws nothing.
    """
    from bench.host.fresh_process import fresh_process

    with fresh_process() as executor:
        yield lambda work, *arguments: executor.submit(work, *arguments).result()


@pytest.fixture(scope="session")
def small():
    """Return the data set that a model trains on in tests: scikit-learn's digits, cut short."""
    from bench.data.for_model import dataset_for

    return lambda config: dataset_for(config.spec, "digits", LIMIT)


@pytest.fixture
def gvk(capsys, monkeypatch, tmp_path, tmp_path_factory):
    """Return a function that runs the command line in an empty folder: (exit code, out, err)."""
    from bench.cli import _exit_code

    cache = tmp_path_factory.mktemp("cache")  # results of jobs are of this test alone
    monkeypatch.setattr("bench.host.cache.cache_folder", lambda: cache)
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str) -> tuple[int, str, str]:
        capsys.readouterr()
        code = _exit_code([str(argument) for argument in arguments])
        return code, *capsys.readouterr()

    return run


@pytest.fixture
def hasty(monkeypatch):
    """Time segments that are too short to be trusted."""
    hasten(monkeypatch)


@pytest.fixture
def one_process(monkeypatch):
    """Do in this process what would be done in a fresh one."""
    monkeypatch.setattr("bench.host.fresh_process.ProcessPoolExecutor", OneProcess)

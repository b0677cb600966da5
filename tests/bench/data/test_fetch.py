"""Downloads, from a server on this machine only: nothing half-done, nothing overwritten."""

import hashlib
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from bench.data import fetch as data_fetch
from bench.data.fetch import PUBLISHED, fetch
from bench.data.files import IDX_FILES, idx_name
from bench.errors import UserError

CONTENT = b"the published bytes" * 1000


class Server(ThreadingHTTPServer):
    """Serves CONTENT under any name and counts; `mode` says what goes wrong."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.mode = "good"
        self.requested: list[str] = []


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        self.server.requested.append(self.path.rpartition("/")[2])
        mode = self.server.mode
        self.send_response(404 if mode == "gone" else 200)
        # A 404 has no body: pooch would leave it unread, and its socket to the garbage collector.
        self.send_header("Content-Length", str(0 if mode == "gone" else len(CONTENT)))
        self.end_headers()
        bodies = {"wrong": CONTENT[::-1], "interrupted": CONTENT[:5000], "gone": b""}
        self.wfile.write(bodies.get(mode, CONTENT))
        self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of data sets in an empty Keras home."""
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    for variable in ("NO_PROXY", "no_proxy"):
        monkeypatch.setenv(variable, "127.0.0.1")
    return tmp_path / "datasets"


@pytest.fixture
def server(cache: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """A server whose content is the published one."""
    published = {
        name: (target, dict.fromkeys(files, f"sha256:{hashlib.sha256(CONTENT).hexdigest()}"))
        for name, (target, files) in PUBLISHED.items()
    }
    monkeypatch.setattr(data_fetch, "PUBLISHED", published)
    with Server() as server:
        monkeypatch.setattr(data_fetch, "URL_BASE", f"http://127.0.0.1:{server.server_port}/")
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def refusal(name: str = "mnist") -> str:
    with pytest.raises(UserError) as caught:
        fetch(name)
    message = str(caught.value)
    assert "\n" not in message
    return message


def test_fetch_puts_the_file_into_the_keras_cache(server: Server, cache: Path) -> None:
    assert fetch("mnist") == cache / "mnist.npz"
    assert [path.name for path in cache.iterdir()] == ["mnist.npz"], "and nothing beside it"
    assert (cache / "mnist.npz").read_bytes() == CONTENT


def test_the_command_fetches_and_says_where(server: Server, cache: Path, gvk) -> None:
    code, out, _ = gvk("data", "fetch", "mnist")
    assert (code, out) == (0, f"mnist: {cache / 'mnist.npz'}\n")
    assert (cache / "mnist.npz").read_bytes() == CONTENT


def test_fetch_of_four_files_returns_their_folder(server: Server, cache: Path) -> None:
    assert fetch("fashion-mnist") == cache / "fashion-mnist"
    names = {f"{idx_name(key)}.gz" for key in IDX_FILES}
    assert {path.name for path in (cache / "fashion-mnist").iterdir()} == names
    assert set(server.requested) == names


@pytest.mark.parametrize("name", PUBLISHED)
def test_second_fetch_stays_off_the_network(server: Server, name: str) -> None:
    first = fetch(name)
    server.requested.clear()
    assert fetch(name) == first
    assert server.requested == []


def test_fetch_resumes_with_the_missing_files(server: Server, cache: Path) -> None:
    fetch("fashion-mnist")
    (cache / "fashion-mnist" / "t10k-labels-idx1-ubyte.gz").unlink()
    server.requested.clear()
    fetch("fashion-mnist")
    assert server.requested == ["t10k-labels-idx1-ubyte.gz"]


@pytest.mark.parametrize(
    ("mode", "words"),
    [
        ("wrong", "the download of mnist.npz is not the published file"),
        ("interrupted", "could not be downloaded"),
        ("gone", "could not be downloaded (HTTPError: 404"),
    ],
)
def test_failed_download_leaves_nothing(server: Server, cache: Path, mode: str, words: str) -> None:
    server.mode = mode
    message = refusal()
    assert words in message
    assert message.startswith(data_fetch.URL_BASE + "mnist.npz: ")
    assert list(cache.iterdir()) == []
    server.mode = "good"
    assert fetch("mnist").read_bytes() == CONTENT, "and the next try succeeds"


def test_no_connection(server: Server, cache: Path) -> None:
    server.shutdown()
    server.server_close()
    message = refusal()
    assert "could not be downloaded (ConnectionError" in message
    assert f"put it at {cache / 'mnist.npz'} by hand" in message
    assert list(cache.iterdir()) == []


def test_file_that_differs_is_left_untouched(server: Server, cache: Path) -> None:
    cache.mkdir()
    (cache / "mnist.npz").write_bytes(b"my own copy")
    message = refusal()
    assert message.startswith(f"{cache / 'mnist.npz'}: differs from the published file")
    assert "gvk reads it as it is; move it away" in message
    assert (cache / "mnist.npz").read_bytes() == b"my own copy"
    assert server.requested == []


def test_one_of_four_that_differs_stops_before_the_network(server: Server, cache: Path) -> None:
    mine = cache / "fashion-mnist" / "t10k-labels-idx1-ubyte.gz"
    mine.parent.mkdir(parents=True)
    mine.write_bytes(b"my own copy")
    assert str(mine) in refusal("fashion-mnist")
    assert mine.read_bytes() == b"my own copy"
    assert server.requested == []


@pytest.mark.parametrize("kind", ["folder", "dangling link"])
def test_something_else_under_the_name_is_left_untouched(
    server: Server, cache: Path, kind: str
) -> None:
    cache.mkdir()
    path = cache / "mnist.npz"
    path.mkdir() if kind == "folder" else path.symlink_to("nowhere")
    assert f"{path}: " in refusal()
    assert "move it away" in refusal()
    assert path.is_dir() or path.is_symlink()
    assert server.requested == []


def test_cache_that_cannot_be_made(server: Server, cache: Path) -> None:
    cache.write_bytes(b"a file where the folder should be")
    assert str(cache) in refusal()


def test_digits_needs_no_download(cache: Path) -> None:
    assert refusal("digits") == "digits is embedded in scikit-learn: nothing to fetch"


@pytest.mark.parametrize("name", ["auto", "MNIST", "", "../mnist", "two\nlines"])
def test_unknown_name_lists_the_names(cache: Path, name: str) -> None:
    message = refusal(name)
    assert repr(name) in message
    assert "choose mnist or fashion-mnist" in message


def test_published_files_have_checksums_of_the_right_length() -> None:
    lengths = {"md5": 32, "sha256": 64}
    for _, files in PUBLISHED.values():
        for known_hash in files.values():
            algorithm, _, digest = known_hash.partition(":")
            assert len(bytes.fromhex(digest)) * 2 == lengths[algorithm]

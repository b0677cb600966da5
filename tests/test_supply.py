"""What the project stands on, and that it sends nothing anywhere."""

import importlib.util
import json
import os
import re
import subprocess
import sys
from importlib.metadata import Distribution
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SPEC = importlib.util.spec_from_file_location("supply", ROOT / ".ci" / "supply.py")
supply = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(supply)


def test_every_package_that_is_needed_has_a_licence_that_is_allowed(capsys):
    assert supply.main("licences") == 0
    printed = capsys.readouterr().out
    assert "tensorflow: " in printed
    assert "pip-audit" not in printed  # what only looks after the project is not needed


def test_the_page_has_every_package_with_its_licence():
    page = (ROOT / "docs" / "licences.md").read_text()
    listed = dict(re.findall(r"^\| (\S+) \| (.+) \|$", page, re.M))
    found = supply.licences()
    assert {name: listed.get(name) for name in found} == found


class Foreign(Distribution):
    """A package under a licence of its own."""

    def __init__(self, said):
        self.said = said

    def read_text(self, filename):
        return f"Name: foreign\nVersion: 1\n{self.said}\n" if filename == "METADATA" else None

    def locate_file(self, path):
        return Path(path)


@pytest.mark.parametrize(
    "said",
    ["License: GPL-3.0", "Classifier: License :: OSI Approved :: GNU Affero GPL v3", "",
     "License-Expression: MIT AND LGPL-2.1-only", "License: ask us"],
)  # fmt: skip
def test_another_licence_is_refused(said, monkeypatch, capsys):
    monkeypatch.setattr(supply, "needed", lambda: [Foreign(said)])
    assert supply.main("licences") == 1
    assert "not among the licences that are allowed: foreign" in capsys.readouterr().out


FOUND = {"name": "a", "version": "1", "vulns": [{"id": "PYSEC-1", "fix_versions": ["2"]}]}
SKIPPED = {"name": "b", "skip_reason": "Dependency not found"}


@pytest.mark.parametrize(
    ("packages", "said"),
    [
        ([FOUND, SKIPPED], "known weaknesses: 1, 1 of 2 packages looked up\na 1: PYSEC-1, "
                           "mended in 2\n"),
        ([{**FOUND, "vulns": []}], "known weaknesses: 0, 1 of 1 packages looked up\n"),
        ([SKIPPED], "known weaknesses: not looked up, no database of them is to be had here\n"),
    ],
)  # fmt: skip
def test_weaknesses_are_said_and_fail_nothing(packages, said, tmp_path, capsys):
    report = tmp_path / "found.json"
    report.write_text(json.dumps({"dependencies": packages}))
    assert supply.main("weaknesses", str(report)) == 0
    assert capsys.readouterr().out == said


def test_without_an_answer_none_is_made_up(tmp_path, capsys):
    (tmp_path / "empty").touch()  # where pip-audit was ended before it could write
    for name in ("none", "empty"):
        assert supply.main("weaknesses", str(tmp_path / name)) == 0
        assert "not looked up" in capsys.readouterr().out


def test_the_audit_is_run_in_bounded_time():
    assert "\nmake audit\n" in (ROOT / ".ci" / "run").read_text()
    recipe = (ROOT / "Makefile").read_text().split("\naudit:")[1].split("\n\n")[0]
    assert recipe.count("@timeout ") == 2  # of the installation and of the looking up


WATCH = """
import atexit, os, socket, sys

def local(address):
    host = address[0] if isinstance(address, tuple) else "localhost"  # a path: a Unix socket
    return host in ("127.0.0.1", "::1", "localhost", "", None)

def watch(event, arguments):
    if event in ("socket.connect", "socket.sendto") and not local(arguments[1]):
        os.write(2, f"goes to {arguments[1]}\\n".encode())
        os._exit(77)
    if event == "socket.getaddrinfo" and not local((arguments[0],)):
        os.write(2, f"asks for {arguments[0]}\\n".encode())
        os._exit(77)

def left_open():
    psutil = sys.modules.get("psutil")
    remote = [c for c in psutil.Process().net_connections() if c.raddr] if psutil else []
    if remote := [c for c in remote if not local(tuple(c.raddr))]:
        os.write(2, f"is connected to {remote}\\n".encode())
        os._exit(77)

sys.addaudithook(watch)
atexit.register(left_open)
"""


def watched(folder, *words):
    """Return what became of a Python in which, and in whose children, the network is watched."""
    (folder / "sitecustomize.py").write_text(WATCH)
    paths = os.pathsep.join([str(folder), str(ROOT)])
    return subprocess.run(
        [sys.executable, *words],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": paths},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    "code",
    [
        "socket.create_connection(('192.0.2.1', 80), 1)",
        "socket.getaddrinfo('example.org', 80)",
        "socket.socket(type=socket.SOCK_DGRAM).sendto(b'x', ('192.0.2.1', 9))",
    ],
)
def test_whatever_goes_to_the_network_is_caught(tmp_path, code):
    assert watched(tmp_path, "-c", f"import socket; {code}").returncode == 77


@pytest.mark.full
@pytest.mark.parametrize(
    "words",
    [
        ("parity", "perceptron", "--steps", "2"),
        ("train", "perceptron", "--impl", "keras", "--epochs", "1", "--iterations", "2"),
    ],
    ids=lambda words: words[0],
)
def test_nothing_is_sent_anywhere(tmp_path, words):
    done = watched(tmp_path, "-m", "bench", *words, "--dataset", "digits", "--limit", "64")
    assert done.returncode == 0, done.stderr

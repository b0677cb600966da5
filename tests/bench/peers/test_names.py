"""Which peers there are, and what is said of one that is not installed."""

import re
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

from bench.errors import UserError
from bench.peers.names import PEERS, named

ROOT = Path(__file__).parents[3]


def test_a_list_names_peers_each_once():
    assert named("numpy, sklearn,numpy") == ("numpy", "sklearn")


def test_all_are_those_that_are_installed(monkeypatch):
    absent = replace(PEERS["torch"], packages=("no_such_package",))
    monkeypatch.setitem(PEERS, "torch", absent)
    assert {"numpy", "sklearn"} <= set(named("all")) <= PEERS.keys() - {"torch"}


@pytest.mark.parametrize("text", ["cupy", "numpy,cupy", ","])
def test_an_unknown_peer_is_refused_with_the_choices(text):
    with pytest.raises(UserError, match="numpy, jax, torch"):
        named(text)


def test_a_peer_that_is_not_installed_names_the_extra(monkeypatch):
    monkeypatch.setitem(PEERS, "jax", replace(PEERS["jax"], packages=("no_such_package",)))
    with pytest.raises(UserError, match=re.escape("pip install 'graph-vs-keras[peers]'")):
        named("numpy,jax")


def test_the_extra_has_what_the_peers_need_beside_the_project():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extra = " ".join(project["optional-dependencies"]["peers"])
    needed = {package for peer in PEERS.values() for package in peer.packages}
    assert {name for name in needed if name in extra} == {"torch", "jax"}
    at_hand = {"numpy", "sklearn", "keras"}
    assert needed - at_hand == {"torch", "jax"}


@pytest.mark.parametrize("name", PEERS)
def test_every_way_has_its_file(name):
    for way in PEERS[name].ways:
        module = way.factory.split(":")[0]
        assert (ROOT / f"{module.replace('.', '/')}.py").is_file()

"""What a process has built stays in it."""

import pickle

from bench.host.built_here import BuiltHere


def test_each_thing_is_built_once():
    built, calls = BuiltHere(), []
    first = built.once("a", lambda: calls.append("a") or object())
    assert built.once("a", lambda: calls.append("a") or object()) is first
    assert calls == ["a"]


def test_another_process_gets_none_of_it():
    built = BuiltHere({"a": lambda: None})  # no pickle could take that
    assert pickle.loads(pickle.dumps(built)) == {}
    assert type(pickle.loads(pickle.dumps(built))) is BuiltHere

"""Which lines by hand do what one Keras layer does, found by the names that both sides share.

A layer's name is the contract between the two: what Keras calls ``dense_1`` is the variable
``dense_1/kernel`` by hand, and the proof compares them by that name. So a layer's lines are those
that make its variables, those of ``forward`` that use them, and the functions that are called
there. A layer without variables is found by its operation: ``max_pool_3`` is the second
``k.max_pool``, as it is the second pooling layer in Keras.
"""

import ast
from collections.abc import Iterator, Sequence
from functools import cache

from bench.explain.concept import Sources
from bench.explain.excerpts import Excerpt, LineGone, line_numbers, nodes

Line = tuple[str, int]
"""A file and the number of a line in it."""
Use = tuple[Excerpt, ast.stmt, list[str]]
"""Where something is used: in which code, in which statement, and what is called there."""


def keras_layers(here: Sources) -> dict[str, ast.stmt]:
    """Return the statement that makes each layer of a Keras model, by the layer's name."""
    return {
        ast.literal_eval(keyword.value): statement
        for statement in _statements(here.keras())
        for call in _calls(statement)
        for keyword in call.keywords
        if keyword.arg == "name" and ast.unparse(call.func).startswith("layers.")
    }


def lines_of_layer(
    layer: str, here: Sources, raw: Sequence[Excerpt], kernels: str = "fused"
) -> set[Line]:
    """Return the lines by hand that do what a Keras layer does.

    Args:
        layer: its name.
        here: where its model stands.
        raw: the code by hand to look in.
        kernels: the form of the operations that is run.

    Raises:
        LineGone: nothing by hand does it.
    """
    uses = list(_uses(layer, here, raw)) or [_nth_use(layer, here)]
    found = {
        (excerpt.file, number)
        for excerpt, statement, _ in uses
        for number in range(statement.lineno, (statement.end_lineno or 0) + 1)
    }
    called = {name for _, _, names in uses for name in names}
    called |= set(_strings(keras_layers(here)[layer]))  # "relu" names a function
    functions = _reached(called, raw, kernels)
    return found | {(each.file, number) for each in functions for number in line_numbers(each)}


def _uses(layer: str, here: Sources, raw: Sequence[Excerpt]) -> Iterator[Use]:
    """Yield the statements that make a layer's variables, and those of ``forward`` that use it."""
    own: list[str] = []
    for excerpt in (each for each in raw if each.symbol.endswith(".make_variables")):
        for statement in _statements(excerpt):
            named = any(f"{text}/".startswith(f"{layer}/") for text in _strings(statement))
            if named and isinstance(statement, ast.Assign):
                own.append(ast.unparse(statement.targets[0]))
                yield excerpt, statement, _names(_calls(statement))
    for statement in _statements(here.raw("forward")):
        if around := [call for call in _calls(statement) if any(_has(call, name) for name in own)]:
            yield here.raw("forward"), statement, _names(around)


def _nth_use(layer: str, here: Sources) -> Use:
    """Return the statement with the operation of a layer that has no variables."""
    kind = _kind(layer)
    alike = [name for name in keras_layers(here) if _kind(name) == kind]
    forward = here.raw("forward")
    having = [each for each in _statements(forward) if kind in _names(_calls(each))]
    if layer not in alike or len(having) != len(alike):
        said = f"{kind} stands in {len(having)} lines, in Keras in {len(alike)}"
        raise LineGone(f"{forward.place}: {said}, for {layer}")
    return forward, having[alike.index(layer)], [kind]


def _kind(layer: str) -> str:
    return layer.rstrip("0123456789").rstrip("_")


def _reached(names: set[str], raw: Sequence[Excerpt], kernels: str) -> list[Excerpt]:
    """Return the functions of these names, and what they call themselves."""
    operations, found = _operations(kernels), dict[Excerpt, None]()
    left = sorted(names)
    while left:
        name = left.pop()
        function = operations.get(name, name)
        for excerpt in raw:
            if excerpt.symbol in {function, f"{function}.__call__"} and excerpt not in found:
                found[excerpt] = None
                left += _names(call for node in nodes(excerpt) for call in _calls(node))
    return list(found)


@cache
def _operations(kernels: str) -> dict[str, str]:
    """Return the function behind each operation ``k.name``, from the table that models take."""
    (table,) = nodes(Excerpt("rawtf/kernels.py", "KERNELS"))
    for call in _calls(table):
        given = {str(keyword.arg): ast.unparse(keyword.value) for keyword in call.keywords}
        if given.pop("name", None) == repr(kernels):
            return {name: function.rpartition(".")[2] for name, function in given.items()}
    raise LineGone(f"rawtf/kernels.py: KERNELS has no {kernels}")


def _statements(excerpt: Excerpt) -> list[ast.stmt]:
    """Return the statements of a function."""
    (function,) = nodes(excerpt)
    return list(getattr(function, "body", []))


def _calls(node: ast.AST) -> list[ast.Call]:
    return [each for each in ast.walk(node) if isinstance(each, ast.Call)]


def _names(calls: "Iterator[ast.Call] | list[ast.Call]") -> list[str]:
    """Return what is called, without the object that it is called on."""
    return [ast.unparse(call.func).rpartition(".")[2] for call in calls]


def _strings(node: ast.AST) -> list[str]:
    constants = (each.value for each in ast.walk(node) if isinstance(each, ast.Constant))
    return [value for value in constants if isinstance(value, str)]


def _has(node: ast.AST, name: str) -> bool:
    """Return whether an attribute such as ``self.w_1`` is read somewhere in a node."""
    return any(isinstance(e, ast.Attribute) and ast.unparse(e) == name for e in ast.walk(node))

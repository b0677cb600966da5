"""Both sides' training step as graphs: as traced, and as TensorFlow's graph optimizer leaves it."""

from typing import Any

from tensorflow.core.protobuf import config_pb2, rewriter_config_pb2

from bench.anatomy import roles
from bench.anatomy.first_step import SIDES
from bench.anatomy.traced import after_grappler, xla_kernels
from bench.records.reading import Record
from bench.specs import default_config


def graphs_record(model: str) -> Record:
    """Return what the graphs of both sides are made of, by what each operation is for."""
    config = default_config(model)
    sides = {impl: side(config) for impl, side in SIDES.items()}
    return {
        "model": model,
        "config": config.to_dict(),
        "sides": {impl: _graphs_of(side, impl) for impl, side in sides.items()},
    }


def _graphs_of(side: Any, impl: str) -> Record:
    side.build()
    side.trace()
    concrete = side.concrete()
    variables = captured(concrete, VARIABLES[impl](side.engine))
    stages = {"traced": inlined(concrete), "optimized": after_grappler(concrete)}
    graphs: Record = {"kernels": xla_kernels(side.plain_step(), side.batch)}
    for stage, graph_def in stages.items():
        nodes = roles.nodes_of(graph_def)
        purposes = roles.roles(nodes, variables)
        graphs[stage] = {
            "operations": roles.counts(nodes, purposes),
            "edges": roles.edges(nodes, purposes),
        }
    return graphs


def inlined(concrete: Any) -> Any:
    """Return the graph of a traced step with its functions opened up, and nothing else changed."""
    passes = config_pb2.ConfigProto()
    rewrites = passes.graph_options.rewrite_options
    rewrites.optimizers.append("function")
    rewrites.meta_optimizer_iterations = rewriter_config_pb2.RewriterConfig.ONE
    rewrites.min_graph_nodes = -1
    return after_grappler(concrete, passes)


def captured(concrete: Any, variables: dict[int, str]) -> dict[str, str]:
    """Return by the placeholder of each variable what it is.

    Args:
        concrete: a traced step.
        variables: what each is, by the identity of its handle.
    """
    pairs = zip(concrete.captured_inputs, concrete.graph.internal_captures, strict=True)
    return {
        inside.op.name: variables[id(outside)]
        for outside, inside in pairs
        if id(outside) in variables
    }


def _raw_variables(engine: Any) -> dict[int, str]:
    model, optimizer = engine.model, engine.optimizer
    named = {v.name.partition(":")[0]: v for v in model.variables.values()}
    role_of = {id(v.handle): _state(name) for name, v in named.items() if not v.trainable}
    role_of |= {id(v.handle): roles.UPDATE for v in model.parameters.values()}
    return role_of | {
        id(v.handle): roles.COUNTER if name == "iterations" else roles.UPDATE
        for name, v in optimizer.state.items()
    }


def _keras_variables(engine: Any) -> dict[int, str]:
    model, optimizer = engine.model, engine.model.optimizer
    trained = {id(v) for v in model.trainable_variables}
    role_of = {}
    for name, variable in engine.variables().items():
        what = roles.UPDATE if id(variable) in trained else _state(name)
        role_of[id(variable.value.handle)] = what
    for variable in optimizer.variables:
        counts = variable is optimizer.iterations
        role_of[id(variable.value.handle)] = roles.COUNTER if counts else roles.UPDATE
    for metric in model.metrics:
        role_of |= {id(v.value.handle): roles.TRACKER for v in metric.variables}
    return role_of


def _state(name: str) -> str:
    return roles.RANDOM if name.endswith("seed_state") else roles.AVERAGES


VARIABLES = {"raw": _raw_variables, "keras": _keras_variables}

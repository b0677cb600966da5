"""JAX: pure functions, the step under ``jit`` with its weights donated; or a scan over an epoch."""

import time
from collections.abc import Callable
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from bench.peers.peer import Peer, Task, task_of
from bench.peers.walked import Masks, Weights, batches
from bench.specs import ModelSpec
from bench.timing.slices import Slice

Tree = dict[str, jax.Array]
BY_SGD = ("kernel", "bias", "gamma", "beta")
WHOLE_SECONDS, PART_SECONDS = 0.2, 0.15
"""An epoch that takes no longer is scanned whole, of a longer one so much: as of the twins."""


def make(config: dict[str, Any], dataset: str, limit: int | None, scan: bool) -> Peer:
    """Return the peer: a call a step, or a scan over many."""
    task = task_of(config, dataset, limit)
    return JaxScan(task) if scan else JaxStep(task)


def forward(spec: ModelSpec, p: Tree, x: jax.Array, masks: list[jax.Array]) -> tuple[Any, Tree]:
    """Return the logits (batch, outputs), and the next moving averages of batch norm."""
    h = x
    state: Tree = {}
    for i in range(1, len(spec.filters) + 1):
        if spec.batch_norm:
            h, own = _batch_norm(p, f"batch_norm_{i}", h)
            state |= own
        h = jax.nn.relu(_conv(h, p[f"conv_{i}/kernel"]) + p[f"conv_{i}/bias"])
        h = _max_pool(h) if i > 1 else h
    h = h.reshape(len(h), -1)
    activation = jax.nn.relu if spec.filters else jax.nn.sigmoid
    for i in range(1, len(spec.hidden_layers) + 1):
        h = activation(h @ p[f"dense_{i}/kernel"] + p[f"dense_{i}/bias"])
        h = h * masks[i - 1] if masks else h
    last = len(spec.hidden_layers) + 1
    return h @ p[f"dense_{last}/kernel"] + p[f"dense_{last}/bias"], state


def _conv(x: jax.Array, kernel: jax.Array) -> jax.Array:
    return lax.conv_general_dilated(
        x, kernel, (1, 1), "SAME", dimension_numbers=("NHWC", "HWIO", "NHWC")
    )


def _max_pool(x: jax.Array) -> jax.Array:
    return lax.reduce_window(x, -jnp.inf, lax.max, (1, 2, 2, 1), (1, 2, 2, 1), "VALID")


def _batch_norm(p: Tree, name: str, x: jax.Array) -> tuple[jax.Array, Tree]:
    """Return x normalised by its batch, and the next averages; constants are Keras's."""
    mean, variance = jnp.mean(x, (0, 1, 2)), jnp.var(x, (0, 1, 2))
    y = (x - mean) * (p[f"{name}/gamma"] * lax.rsqrt(variance + 1e-3)) + p[f"{name}/beta"]
    moved = {"moving_mean": mean, "moving_variance": variance}
    averages = {f"{name}/{k}": 0.99 * p[f"{name}/{k}"] + 0.01 * v for k, v in moved.items()}
    return y, jax.lax.stop_gradient(averages)


def loss(
    spec: ModelSpec, moving: Tree, fixed: Tree, x: jax.Array, y: jax.Array, masks: list[jax.Array]
) -> tuple[jax.Array, Tree]:
    """Return the mean loss of a batch, in nats, and the next moving averages."""
    z, state = forward(spec, moving | fixed, x, masks)
    if spec.is_binary:
        z, t = z[:, 0], y.astype(z.dtype)
        return jnp.mean(jnp.logaddexp(0.0, z) - t * z), state
    each = jnp.take_along_axis(jax.nn.log_softmax(z), y[:, None], axis=1)
    return -jnp.mean(each), state


def updated(
    spec: ModelSpec, rate: float, p: Tree, x: jax.Array, y: jax.Array, masks: list[jax.Array]
) -> Tree:
    """Return all variables after one step of SGD."""
    moving = {name: v for name, v in p.items() if name.endswith(BY_SGD)}
    fixed = {name: v for name, v in p.items() if name not in moving}
    gradients, state = jax.grad(partial(loss, spec), has_aux=True)(moving, fixed, x, y, masks)
    return {name: v - rate * gradients[name] for name, v in moving.items()} | state


class JaxStep(Peer):
    """A jitted call a step: the data stays on the device, a batch is gathered inside."""

    def __init__(self, task: Task) -> None:
        super().__init__(task)
        self.spec = task.config.spec
        self.x, self.y = jnp.asarray(task.x), jnp.asarray(task.y, jnp.int32)
        self.key = jax.random.key(task.config.seed)
        self.step = jax.jit(self._step, donate_argnums=0)

    def set_weights(self, values: Weights) -> None:
        """Put them on the device."""
        self.p = {n: jnp.array(v) for n, v in values.items() if not n.endswith("seed_state")}

    def weights(self) -> Weights:
        """Return copies."""
        return {name: np.array(value) for name, value in self.p.items()}

    def _step(
        self, p: Tree, key: Any, x: jax.Array, y: jax.Array, batch: jax.Array, masks: list[Any]
    ) -> tuple[Tree, Any]:
        """Return the variables after a step, and the next key; given masks are taken as they are.

        The data is an argument: what a traced function closes over would be a constant of it.
        """
        if self.spec.dropout_rate and not masks:
            key, *keys = jax.random.split(key, 1 + len(self.spec.hidden_layers))
            masks = [self._mask(k, len(batch), n) for k, n in zip(keys, self._units, strict=True)]
        return updated(self.spec, self.rate, p, x[batch], y[batch], masks), key

    @property
    def _units(self) -> tuple[int, ...]:
        return self.spec.hidden_layers

    def _mask(self, key: Any, n: int, units: int) -> jax.Array:
        keep = 1 - self.spec.dropout_rate
        return jax.random.bernoulli(key, keep, (n, units)) / jnp.float32(keep)

    def train(self, order: np.ndarray, masks: Masks | None = None) -> None:
        """Call the step for each batch; wait at the end alone."""
        order = order.astype(np.int32)
        for number, batch in enumerate(batches(order, self.batch_size)):
            own = [] if masks is None else [jnp.asarray(m) for m in masks[number]]
            self.p, self.key = self.step(self.p, self.key, self.x, self.y, batch, own)
        jax.block_until_ready(self.p)


class JaxScan(JaxStep):
    """A jitted ``lax.scan`` over the full batches of an order, the partial one apart."""

    def __init__(self, task: Task) -> None:
        super().__init__(task)
        self.scan = jax.jit(self._scan, donate_argnums=0)
        self.part = 0

    def _scan(
        self, p: Tree, key: Any, x: jax.Array, y: jax.Array, full: jax.Array, masks: list[Any]
    ) -> tuple[Tree, Any]:
        """Take a step for each row of indices."""

        def body(carried: tuple[Tree, Any], row: Any) -> tuple[tuple[Tree, Any], None]:
            batch, own = row
            return self._step(*carried, x, y, batch, own), None

        return lax.scan(body, (p, key), (full, masks))[0]

    def train(self, order: np.ndarray, masks: Masks | None = None) -> None:
        """Scan over all full batches in one call, then take the step of what is left."""
        full = len(order) // self.batch_size
        if full:
            rows = order[: full * self.batch_size].astype(np.int32).reshape(full, -1)
            own = [] if masks is None else [np.stack(m) for m in zip(*masks[:full], strict=True)]
            self.p, self.key = self.scan(self.p, self.key, self.x, self.y, rows, own)
        rest = order[full * self.batch_size :]
        super().train(rest, masks and masks[full:])

    def take(self, steps: int) -> Slice:
        """Take one step, or always as many: each other number would be compiled anew."""
        taken = 1 if steps == 1 else self._a_part()
        order = self._random.permutation(len(self.task.x))[: taken * self.batch_size]
        return Slice(clocked(lambda: self.train(order)), taken)

    def _a_part(self) -> int:
        """Return how many steps a call takes, from a look at a few; a look compiles too."""
        if not self.part:
            few = self._random.permutation(len(self.task.x))[: 4 * self.batch_size]
            self.train(few)
            a_step = min(clocked(lambda: self.train(few)) for _ in range(3)) / 4
            whole = self.task.steps * a_step <= WHOLE_SECONDS
            part = self.task.steps if whole else max(2, round(PART_SECONDS / a_step))
            self.part = min(self.task.steps, part)
            self.take(2)  # compiles
        return self.part


def clocked(work: Callable[[], object]) -> float:
    """Return the seconds that work takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start

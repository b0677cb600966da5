"""PyTorch: a module, autograd and the fused SGD; eager, or its loss under ``torch.compile``.

Images lie channels-last, which is what PyTorch's convolutions are fastest on; so flattened, they
are in the order of the twins' as well.
"""

import os
import shutil
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from bench.peers.peer import NotWritten, Peer, Task, task_of
from bench.peers.walked import Masks, Weights
from bench.specs import ModelSpec

COMPILERS = ("g++", "clang++", "c++", "g++-14", "g++-13", "g++-12", "icpx")
NAMES = {
    "batch_norm": ("gamma", "beta", "moving_mean", "moving_variance"),
    "conv": ("kernel", "bias"),
    "dense": ("kernel", "bias"),
}
"""The twins' names of what a layer has, in the order of ``_tensors``."""


def make(config: dict[str, Any], dataset: str, limit: int | None, compiled: bool) -> Peer:
    """Return the peer, eager or compiled.

    Raises:
        NotWritten: Inductor, which compiles, finds no C++ compiler.
    """
    task = task_of(config, dataset, limit)
    compilers = (os.environ.get("CXX"), *COMPILERS)
    if compiled and not any(each and shutil.which(each) for each in compilers):
        raise NotWritten("torch.compile needs a C++ compiler, and none is at hand")
    return TorchPeer(task, compiled)


class Net(nn.Module):
    """Any of the workshop's models, layers named as the twins' are."""

    def __init__(self, spec: ModelSpec) -> None:
        super().__init__()
        self.spec = spec
        self.blocks = nn.ModuleDict()
        channels = spec.input_shape[-1]
        for i, n in enumerate(spec.filters, start=1):
            if spec.batch_norm:
                self.blocks[f"batch_norm_{i}"] = nn.BatchNorm2d(channels, eps=1e-3, momentum=0.01)
            self.blocks[f"conv_{i}"] = nn.Conv2d(channels, n, 3, padding="same")
            channels = n
        pooled = (spec.input_shape[0] // 4) * (spec.input_shape[0] // 4) * channels
        inputs = pooled if spec.filters else spec.input_shape[0]
        for i, n in enumerate((*spec.hidden_layers, spec.n_outputs), start=1):
            self.blocks[f"dense_{i}"] = nn.Linear(inputs, n)
            inputs = n

    def forward(self, x: torch.Tensor, masks: list[torch.Tensor]) -> torch.Tensor:
        """Return the logits, (batch, outputs)."""
        spec, layer = self.spec, self.blocks
        for i in range(1, len(spec.filters) + 1):
            x = layer[f"batch_norm_{i}"](x) if spec.batch_norm else x
            x = F.relu(layer[f"conv_{i}"](x))
            x = F.max_pool2d(x, 2) if i > 1 else x
        x = x.permute(0, 2, 3, 1).flatten(1) if spec.filters else x
        for i in range(1, len(spec.hidden_layers) + 1):
            x = layer[f"dense_{i}"](x)
            x = F.relu(x) if spec.filters else torch.sigmoid(x)
            if spec.dropout_rate:
                x = x * masks[i - 1] if masks else F.dropout(x, spec.dropout_rate)
        return layer[f"dense_{len(spec.hidden_layers) + 1}"](x)


class TorchPeer(Peer):
    """Trains a ``Net``."""

    def __init__(self, task: Task, compiled: bool) -> None:
        super().__init__(task)
        torch.manual_seed(task.config.seed)
        self.net = Net(task.config.spec)
        x, y = torch.from_numpy(task.x), torch.from_numpy(task.y)
        if task.config.spec.filters:
            self.net = self.net.to(memory_format=torch.channels_last)
            x = x.permute(0, 3, 1, 2)
        self.x, self.y = x, y.float()[:, None] if task.config.spec.is_binary else y
        self.optimizer = torch.optim.SGD(self.net.parameters(), self.rate, fused=True)
        # the last batch is smaller: a program of its own, not one for every size
        self.loss = torch.compile(self._loss, dynamic=False) if compiled else self._loss

    def _loss(self, x: torch.Tensor, y: torch.Tensor, masks: list[torch.Tensor]) -> torch.Tensor:
        z = self.net(x, masks)
        if self.task.config.spec.is_binary:
            return F.binary_cross_entropy_with_logits(z, y)
        return F.cross_entropy(z, y)

    def train(self, order: np.ndarray, masks: Masks | None = None) -> None:
        """Take a step for each batch."""
        for number, batch in enumerate(torch.from_numpy(order).split(self.batch_size)):
            own = [] if masks is None else [torch.from_numpy(m) for m in masks[number]]
            x, y = self.x.index_select(0, batch), self.y.index_select(0, batch)
            if x.ndim == 4:
                x = x.contiguous(memory_format=torch.channels_last)
            loss = self.loss(x, y, own)
            self.optimizer.zero_grad()
            loss.backward()
            self.optimizer.step()

    def _tensors(self) -> Weights:
        """Return every variable as a view of its memory, in the twins' axes."""
        named: Weights = {}
        with torch.no_grad():
            for name, layer in self.net.blocks.items():
                tensors: list[Any] = [layer.weight.detach(), layer.bias.detach()]
                if isinstance(layer, nn.BatchNorm2d):
                    tensors += [layer.running_mean, layer.running_var]
                else:
                    axes = (2, 3, 1, 0) if isinstance(layer, nn.Conv2d) else (1, 0)
                    tensors[0] = tensors[0].permute(*axes)
                roles = NAMES[name.rsplit("_", 1)[0]]
                named |= {f"{name}/{r}": t.numpy() for r, t in zip(roles, tensors, strict=True)}
        return named

    def set_weights(self, values: Weights) -> None:
        """Write them into its tensors."""
        for name, view in self._tensors().items():
            view[...] = values[name]

    def weights(self) -> Weights:
        """Return copies."""
        return {name: np.ascontiguousarray(v).copy() for name, v in self._tensors().items()}

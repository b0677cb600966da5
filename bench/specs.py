"""Every model and every hyper-parameter, once. The defaults are the workshop's.

Nothing here imports TensorFlow: ``gvk models`` and ``gvk --help`` read it.
"""

from dataclasses import MISSING, asdict, dataclass, fields, replace
from typing import Any

from bench.errors import UserError
from bench.own_models import own_specs


@dataclass(frozen=True)
class EngineSpec:
    """What is true of a way to run a model, whatever the model.

    Attributes:
        impl: ``raw`` or ``keras``: whose it is.
        loop: who walks the batches.
        takes_xla: whether ``--xla`` compiles it.
        in_quick: whether ``--precision quick`` times it.
        in_law: whether ``gvk law`` times it.
        traced: whether its ops stand in a graph, which Grappler rewrites.
        whole_epoch: whether an epoch is one call of a program of its own, its data on the device.
        predicts: whether inference is a way of its own; the others share that of ``step``.
        fits: whether it is ``model.fit`` that trains.
        steps_a_call: of a graph that takes several; those are timed of models of dense layers
            alone, where a step takes no longer than what it saves.
        title: what an arm of it is called, where that is not its name.
    """

    impl: str
    loop: str
    takes_xla: bool = False
    in_quick: bool = True
    in_law: bool = True
    traced: bool = True
    whole_epoch: bool = False
    predicts: bool = False
    fits: bool = False
    steps_a_call: int = 1
    title: str = ""


# The one table of engines: a new one is a class in rawtf/engines or keras_impl, and a row here.
# eager takes several times as long as all others together; in quick are a step and an epoch a
# call, by hand and around Keras's layers, and fit.
ENGINES: dict[str, EngineSpec] = {
    "step": EngineSpec("raw", "Python, a graph a step", takes_xla=True, predicts=True),
    "epoch": EngineSpec("raw", "the graph, a call an epoch", takes_xla=True, whole_epoch=True),
    "session": EngineSpec("raw", "Python, a session run a step", in_quick=False, predicts=True),
    "eager": EngineSpec(
        "raw", "Python, a call an operation", in_quick=False, in_law=False, traced=False
    ),
    "fit": EngineSpec("keras", "Keras's trainer", fits=True),
    "fit_untuned": EngineSpec(
        "keras", "Keras's trainer", in_quick=False, in_law=False, fits=True, title="fit, untuned"
    ),
    "fit_32": EngineSpec(
        "keras",
        "Keras's trainer, a graph of 32 steps a call",
        in_quick=False,
        in_law=False,
        fits=True,
        steps_a_call=32,
        title="fit, steps_per_execution=32",
    ),
    "train_on_batch": EngineSpec(
        "keras", "Python, a call of Keras a step", in_quick=False, in_law=False
    ),
    "own_loop": EngineSpec("keras", "Python, a graph a step"),
    "own_epoch": EngineSpec("keras", "the graph, a call an epoch", in_law=False, whole_epoch=True),
}
DEFAULT_ENGINE = {"raw": "step", "keras": "fit"}

# The names that the dials take; that each has its code behind it is tested.
RAW_ENGINES = tuple(name for name, engine in ENGINES.items() if engine.impl == "raw")
KERAS_ENGINES = tuple(name for name, engine in ENGINES.items() if engine.impl == "keras")
XLA_ENGINES = tuple(name for name, engine in ENGINES.items() if engine.takes_xla)
KERNELS = ("fused", "primitive")
GRADIENTS = ("auto", "manual")
OPTIMIZERS = ("sgd", "momentum", "nesterov", "rmsprop", "adam")
INITIALIZERS = ("glorot-uniform", "truncated-normal")
DTYPES = ("float32", "float64")
SAMPLINGS = ("permutation", "replacement")
STRATEGIES = ("mirrored", "multiworker")
REDUCTIONS = ("in-turn", "tree", "ring")
SEED_MODES = ("paired", "independent")
PRECISIONS = ("quick", "full")

# The workshop's step size is for plain SGD. The others start from Keras's own defaults.
LEARNING_RATES = {"momentum": 0.01, "nesterov": 0.01, "rmsprop": 0.001, "adam": 0.001}


@dataclass(frozen=True)
class ModelSpec:
    """A model of the workshop: what it is, and how the workshop trains it.

    Attributes:
        loss: Keras's name of it; ``binary_crossentropy`` means one output, labels 0 and 1.
        n_outputs: units of the last layer.
        iterations: steps in an epoch when batches are drawn at random, as its raw code does.
        raw_sampling, keras_sampling: how its raw and its Keras code walk the data.
        input_shape: of one sample: a row of pixels, or (height, width, channels).
        filters: of each convolution.
        hidden_layers: units of each hidden dense layer.
        digits: the two digits that a binary model tells apart; None for all ten.
        initializers: where its kernels may start; N(0, 1) blows a deep ReLU network up.
    """

    name: str
    summary: str
    loss: str
    n_outputs: int
    batch_size: int
    epochs: int
    iterations: int
    learning_rate: float
    raw_sampling: str
    keras_sampling: str
    input_shape: tuple[int, ...] = (784,)
    filters: tuple[int, ...] = ()
    hidden_layers: tuple[int, ...] = ()
    digits: tuple[int, int] | None = None
    dropout_rate: float = 0.0
    batch_norm: bool = False
    initializers: tuple[str, ...] = INITIALIZERS

    @property
    def layers(self) -> str:
        """The widths from input to output, such as ``784-64-32-16-10``."""
        sizes = "x".join(str(n) for n in self.input_shape)
        convolutions = (f"{n}c3" for n in self.filters)
        widths = (sizes, *convolutions, *self.hidden_layers, self.n_outputs)
        return "-".join(str(n) for n in widths)

    @property
    def is_binary(self) -> bool:
        """Whether the model has one output, the probability of label 1."""
        return self.n_outputs == 1

    @property
    def has_hidden_layers(self) -> bool:
        """Whether there is a layer that could be wider: inputs and outputs are the data's."""
        return bool(self.hidden_layers or self.filters)

    def widened(self, width: float) -> "ModelSpec":
        """Return the model with so many times the units and filters in each hidden layer."""
        return replace(
            self,
            hidden_layers=tuple(max(1, round(width * n)) for n in self.hidden_layers),
            filters=tuple(max(1, round(width * n)) for n in self.filters),
        )


def _mlp(name: str, summary: str, dropout_rate: float = 0.0) -> ModelSpec:
    return ModelSpec(
        name=name,
        summary=summary,
        loss="categorical_crossentropy",
        n_outputs=10,
        hidden_layers=(64, 32, 16),
        dropout_rate=dropout_rate,
        batch_size=128,
        epochs=200,
        iterations=400,
        learning_rate=0.05,
        raw_sampling="replacement",
        keras_sampling="permutation",
    )


def _convnet(
    name: str, summary: str, dropout_rate: float = 0.0, batch_norm: bool = False
) -> ModelSpec:
    # the workshop states no step size for it: its other models' is taken
    return ModelSpec(
        name=name,
        summary=summary,
        loss="categorical_crossentropy",
        n_outputs=10,
        input_shape=(28, 28, 1),
        filters=(32, 32, 16),
        hidden_layers=(32, 16),
        dropout_rate=dropout_rate,
        batch_norm=batch_norm,
        batch_size=430,
        epochs=25,
        iterations=128,
        learning_rate=0.05,
        raw_sampling="permutation",
        keras_sampling="permutation",
        initializers=("glorot-uniform",),
    )


MODELS: dict[str, ModelSpec] = {
    "perceptron": ModelSpec(
        name="perceptron",
        summary="binary perceptron: one neuron tells digit 0 from digit 1",
        loss="binary_crossentropy",
        n_outputs=1,
        digits=(0, 1),
        batch_size=128,
        epochs=10,
        iterations=86,
        learning_rate=0.05,
        raw_sampling="replacement",
        keras_sampling="replacement",
    ),
    "mlp": _mlp("mlp", "multilayer perceptron: sigmoid layers, softmax at the output"),
    "mlp-dropout": _mlp("mlp-dropout", "the same with dropout after each hidden layer", 0.5),
    "convnet": _convnet("convnet", "ConvNet: three convolutions, three dense layers, ReLU"),
    "convnet-dropout": _convnet(
        "convnet-dropout", "the same with dropout in the dense part", dropout_rate=0.5
    ),
    "convnet-batchnorm": _convnet(
        "convnet-batchnorm", "the same with batch norm before each convolution", batch_norm=True
    ),
    "convnet-full": _convnet(
        "convnet-full", "the same with dropout and batch norm", 0.5, batch_norm=True
    ),
}


@dataclass(frozen=True)
class Config:
    """One choice of every dial that decides what a pair of twins computes.

    Two runs with equal configs on equal data are to be equal to the bit, whoever runs them.
    How the raw side is run (its engine) and how Keras is run stand here too: a proof holds for
    these two and no others.
    """

    model: str
    engine: str = "step"
    keras_engine: str = "fit"
    kernels: str = "fused"
    gradients: str = "auto"
    xla: bool = False
    steps_per_execution: int = 1
    optimizer: str = "sgd"
    initializer: str = "glorot-uniform"
    dtype: str = "float32"
    seed: int = 0
    batch_size: int = 128
    epochs: int = 1
    iterations: int = 0
    learning_rate: float = 0.05
    sampling: str = "permutation"
    width: float = 1

    @property
    def spec(self) -> ModelSpec:
        """The model's entry in the registry, its hidden layers ``width`` times as wide."""
        return model_spec(self.model).widened(self.width)

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for a record."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> "Config":
        """Return the config that a record holds; unknown keys of later versions are dropped."""
        known = {f.name for f in fields(cls)}
        return cls(**{k: v for k, v in values.items() if k in known})

    def but(self, **changes: Any) -> "Config":
        """Return a copy with some dials turned."""
        return replace(self, **changes)


DIAL_DEFAULTS: dict[str, Any] = {
    field.name: field.default for field in fields(Config) if field.default is not MISSING
}


def every_model() -> dict[str, ModelSpec]:
    """Return the workshop's models and those of the user's own (``bench.own_models``).

    Raises:
        UserError: the user's file is not what it should be.
    """
    return MODELS | own_specs(MODELS, ModelSpec)


def model_spec(name: str) -> ModelSpec:
    """Return the model of that name.

    Raises:
        UserError: there is none; the message lists those there are.
    """
    every = every_model()
    if name not in every:
        raise UserError(f"unknown model '{name}': choose one of {', '.join(every)}")
    return every[name]


def default_config(model: str, **given: Any) -> Config:
    """Return the workshop's settings of a model, with what is given (and not None) in place.

    ``sampling`` is a permutation of the data, the one way both sides know by themselves, unless
    it is given. The step size follows the optimizer unless it is given.
    """
    spec = model_spec(model)
    workshop = Config(
        model=model,
        batch_size=spec.batch_size,
        epochs=spec.epochs,
        iterations=spec.iterations,
        learning_rate=LEARNING_RATES.get(given.get("optimizer") or "sgd", spec.learning_rate),
    )
    return workshop.but(**{name: value for name, value in given.items() if value is not None})

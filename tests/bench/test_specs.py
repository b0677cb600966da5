import pytest

from bench import specs, twins
from bench.errors import UserError
from bench.specs import MODELS, Config, default_config, model_spec
from keras_impl import compiling
from keras_impl import engines as keras_engines
from rawtf import initializers, kernels, optimizers
from rawtf.engines import BY_NAME


@pytest.mark.parametrize(
    ("names", "registries"),
    [
        (MODELS, [twins.TWINS]),
        (specs.RAW_ENGINES, [BY_NAME]),
        (specs.KERAS_ENGINES, [keras_engines.BY_NAME]),
        (specs.KERNELS, [kernels.KERNELS]),
        (specs.OPTIMIZERS, [optimizers.OPTIMIZERS, compiling.OPTIMIZERS]),
        (specs.INITIALIZERS, [initializers.INITIALIZERS, compiling.INITIALIZERS]),
    ],
)
def test_every_name_has_its_code_on_both_sides(names, registries):
    for registry in registries:
        assert set(registry) == set(names)


def test_the_table_of_engines_says_of_xla_what_the_code_says():
    assert {name: engine.takes_xla for name, engine in BY_NAME.items()} == {
        name: specs.ENGINES[name].takes_xla for name in specs.RAW_ENGINES
    }


def test_the_workshops_values_are_the_defaults():
    perceptron, mlp = default_config("perceptron"), default_config("mlp")
    assert (perceptron.batch_size, perceptron.epochs, perceptron.iterations) == (128, 10, 86)
    assert (mlp.batch_size, mlp.epochs, mlp.iterations) == (128, 200, 400)
    assert perceptron.learning_rate == mlp.learning_rate == 0.05
    assert mlp.spec.layers == "784-64-32-16-10"


def test_an_unknown_model_is_refused_with_those_there_are():
    with pytest.raises(UserError, match=r"unknown model 'cnn'.*perceptron, mlp"):
        model_spec("cnn")


def test_a_config_survives_its_record():
    config = default_config("mlp", engine="session", seed=7)
    assert Config.from_dict(config.to_dict() | {"of_a_later_version": 1}) == config

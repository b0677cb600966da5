"""n replicas against one, on two logical devices: in a process whose CPU is cut in two."""

import pytest

from bench.errors import UserError
from bench.host.fresh_process import fresh_process
from bench.scale.parts import MASKS, NORMS, batch_sizes, check_parts, parts, two_programs
from bench.specs import default_config


def answers(model, optimizer, samples, batch_size=16, n=2, **dials):
    """Return what n replicas of a model answer, by question; runs in a process with n CPUs."""
    from bench.data.for_model import dataset_for
    from bench.host.device import replica_devices
    from bench.scale.replicas import check_replicas

    config = default_config(
        model, optimizer=optimizer, batch_size=batch_size, epochs=1, sampling="permutation", **dials
    )
    dataset = dataset_for(config.spec, "digits", samples)
    found = check_replicas(config, dataset, replica_devices(n))
    return found, {answer.question: answer for answer in found.answers}


@pytest.fixture(scope="module")
def two_cpus():
    with fresh_process(cpus=2) as executor:
        yield lambda *given, **dials: executor.submit(answers, *given, **dials).result()


def of_batch_norm():
    """Return what becomes of batch norm in Keras's replicas; runs in a process with two CPUs.

    What ``predict`` says of one sample, six times in a batch; then the states in which a training
    ends that nobody cut, and one that was gone on with after its first epoch, of both replicas.
    """
    import numpy as np

    from bench import twins
    from bench.data.for_model import dataset_for
    from bench.host.device import replica_devices
    from bench.proof.exact_mode import set_exact
    from bench.scale.in_keras import mirrored_engine

    config = default_config("convnet-batchnorm", optimizer="adam", batch_size=8)
    set_exact(config)
    x, y = twins.inputs_and_targets(config, dataset_for(config.spec, "digits", 16).train)
    weights, order = twins.initial_weights(config), np.arange(16)
    whole, begun, gone_on = (mirrored_engine(config, weights, replica_devices(2)) for _ in range(3))
    for engine in (whole, whole, begun):
        engine.train_epoch(x, y, order, 8)
    twins.restore(gone_on, twins.state(begun), steps=2)
    gone_on.train_epoch(x, y, order, 8)
    ends = [(twins.state(each), each.weights_of(1)) for each in (whole, gone_on)]
    return whole.predict(np.stack([x[0]] * 6), 6)[:, 0], ends


@pytest.fixture(scope="module")
def batch_norm():
    with fresh_process(cpus=2) as executor:
        return executor.submit(of_batch_norm).result()


@pytest.mark.full
def test_what_keras_predicts_of_a_sample_depends_on_the_replica_it_comes_to(batch_norm):
    said, _ = batch_norm
    assert len(set(said[:3])) == len(set(said[3:])) == 1
    assert said[0] != said[3]


@pytest.mark.full
def test_gone_on_with_a_file_is_the_same_though_a_replica_lost_its_averages(batch_norm):
    _, ((wanted, second), (found, of_second)) = batch_norm
    assert found.keys() == wanted.keys()
    for name, value in wanted.items():
        assert found[name].tobytes() == value.tobytes(), name
    lost = {name for name, value in second.items() if of_second[name].tobytes() != value.tobytes()}
    assert lost == {name for name in second if "moving" in name}


# of the last batch, 9 samples, the replicas get 5 and 4
@pytest.mark.full
def test_a_dense_model(two_cpus):
    found, by_question = two_cpus("mlp-dropout", "adam", 41)
    assert found.sizes == ((8, 8), (5, 4))
    assert found.holds
    assert by_question["devices"].distance.max_ulp == 0
    assert by_question["keras"].distance.max_ulp == 0
    assert by_question["one"].equal
    assert "mean of the replicas' means" in by_question["keras one"].why[-1]
    assert not by_question["keras one"].equal  # it is found, not only said


# of three TensorFlow's collective operations add around a ring
@pytest.mark.full
def test_keras_is_met_to_the_bit_of_three_replicas_too():
    with fresh_process(cpus=3) as executor:
        given = ("convnet-batchnorm", "momentum", 14, 9)
        found, by_question = executor.submit(answers, *given, n=3).result()
    assert found.sizes == ((3, 3, 3), (2, 2, 1))
    assert by_question["devices"].distance.max_ulp == 0
    assert by_question["keras"].distance.max_ulp == 0
    assert found.holds


@pytest.mark.full
def test_of_parts_of_one_size_keras_trains_as_one(two_cpus):
    found, by_question = two_cpus("perceptron", "sgd", 40)
    assert by_question["keras one"].why == ()
    assert by_question["keras one"].equal
    assert found.holds


@pytest.mark.full
def test_batch_norm_is_kept_apart_and_keras_copies_part(two_cpus):
    found, by_question = two_cpus("convnet-batchnorm", "sgd", 24)
    assert found.holds
    assert by_question["devices"].distance.max_ulp == 0
    assert by_question["keras"].distance.max_ulp == 0
    assert by_question["one"].why == (NORMS,)
    assert not by_question["one"].equal
    assert found.copies["raw"].max_ulp == 0
    assert found.copies["keras"].max_relative > 1e-6


def test_parts_are_as_tf_distribute_cuts_them():
    assert [parts(n, 2) for n in (44, 45, 1)] == [(22, 22), (23, 22), (1, 0)]
    assert parts(5, 4) == (2, 2, 1, 0)


def test_why_replicas_are_another_program():
    plain, full = (default_config(model) for model in ("mlp", "convnet-full"))
    assert two_programs(plain, [(8, 8)], keras=True) == ()
    assert two_programs(plain, [(8, 8), (5, 4)], keras=False) == ()
    assert two_programs(plain, [(8, 8), (5, 4)], keras=True)[0].startswith("a batch of 9 is cut")
    assert two_programs(full, [(8, 8)], keras=True) == (NORMS, MASKS)
    assert two_programs(full, [(8, 8)], keras=False) == (NORMS,)


def test_sizes_of_batches():
    config = default_config("mlp", batch_size=16)
    assert [batch_sizes(config, n) for n in (40, 48, 9)] == [[16, 8], [16], [9]]
    drawn = config.but(sampling="replacement")
    assert batch_sizes(drawn, 40) == [16]


def test_a_replica_without_a_sample_is_refused_for_convnets_alone():
    check_parts(default_config("mlp", batch_size=16), 17, 2)
    for model in ("convnet", "convnet-full"):
        with pytest.raises(
            UserError, match="a batch of 1 leaves one of 2 replicas without a sample"
        ):
            check_parts(default_config(model, batch_size=16), 17, 2)


BAD = {
    "--kernels does nothing with replicas": ("parity", "mlp", "--kernels", "primitive"),
    "--xla does nothing with replicas": ("parity", "mlp", "--xla"),
    "--engine does nothing with replicas": ("parity", "mlp", "--engine", "epoch"),
    "exclude each other": ("parity", "mlp", "--steps", 1, "--epochs", 1),
    "a batch of 1 leaves one of 2 replicas without a sample": (
        "parity", "convnet-batchnorm", "--limit", 17, "--batch-size", 16,
    ),
    "--replicas does nothing without --strategy": ("train", "mlp", "--impl", "raw"),
    "leave --engine out": (
        "train", "mlp", "--impl", "raw", "--strategy", "mirrored", "--engine", "epoch",
    ),
    "--gradients does nothing with replicas": (
        "train", "mlp", "--impl", "raw", "--strategy", "mirrored", "--gradients", "manual",
    ),
}  # fmt: skip


@pytest.mark.parametrize("words", BAD)
def test_a_bad_option_is_one_line_and_exits_with_2(gvk, words):
    code, out, err = gvk(*BAD[words], "--replicas", 2, "--dataset", "digits")
    assert (code, err.count("\n")) == (2, 1), out + err
    assert words in err


def test_an_order_without_replicas_is_refused(gvk):
    code, _, err = gvk("parity", "mlp", "--order", "tree")
    assert (code, err) == (2, "gvk: --order does nothing without --replicas: give it too\n")

"""A checkpoint is whole or not there, is of one training, and goes on in the same bits."""

import errno
import io
import json
import os
import pickle
import shutil
import signal
import zipfile
from pathlib import Path

import numpy as np
import pytest

from bench.errors import UserError
from bench.scale import resumed
from bench.specs import ENGINES, MODELS, OPTIMIZERS
from bench.training.checkpoints import ABOUT, FILE, Checkpoint, check_values, held, write_durably
from bench.training.place import Epoch, Place, decoded, encoded, pieces
from tests.quick import quick_are

ABOUT_IT = {"model": "mlp", "seed": 3}
PLACE = Place((Epoch(1, 0.5, 0.25),), 2, ((0.4, 32), (0.3, 32)))
VALUES = {"dense_1/kernel": np.arange(6, dtype=np.float32).reshape(2, 3)}

CROSSED = [  # each model, optimizer and traced engine of either side
    ("perceptron", "sgd", "session", "fit"),
    ("mlp-dropout", "adam", "fit", "epoch"),
    ("mlp", "momentum", "step", "own_epoch"),
    ("convnet", "nesterov", "own_loop", "step"),
    ("convnet-full", "rmsprop", "fit", "step"),
    ("mlp", "adam", "fit_32", "fit_untuned"),
    ("mlp-dropout", "sgd", "train_on_batch", "session"),
]


@pytest.fixture
def kept(tmp_path):
    checkpoint = Checkpoint(tmp_path, ABOUT_IT)
    checkpoint.write(VALUES, PLACE)
    return checkpoint


@pytest.mark.parametrize(
    ("model", "optimizer", "first", "second"), quick_are(CROSSED, *CROSSED[:2])
)
def test_one_engine_goes_on_where_another_was_cut_and_ends_as_if_none_was(
    model, optimizer, first, second, tmp_path
):
    from bench.proof.exact_mode import set_exact

    config = resumed.small_config(model, optimizer)
    set_exact(config)
    dataset = resumed.small_dataset(config)
    ended = resumed.cut(config, first, second, dataset, 2, tmp_path)
    assert resumed.same_bits(ended, resumed.unbroken(config, second, dataset))


@pytest.mark.parametrize("lost", ["optimizer/", "seed_state"])
def test_without_slots_or_random_state_it_would_end_elsewhere(lost, tmp_path, monkeypatch):
    """What the test above guards: a checkpoint that leaves something out is found."""
    from bench import twins
    from bench.proof.exact_mode import set_exact

    config = resumed.small_config("mlp-dropout", "momentum")
    set_exact(config)
    dataset = resumed.small_dataset(config)
    restore = twins.restore

    def forgetful(engine, values, steps):
        restore(engine, {n: v for n, v in values.items() if lost not in n}, steps)

    monkeypatch.setattr(twins, "restore", forgetful)
    ended = resumed.cut(config, "step", "step", dataset, 2, tmp_path)
    assert not resumed.same_bits(ended, resumed.unbroken(config, "step", dataset))


def test_the_crossings_meet_every_optimizer_and_both_sides():
    models, optimizers, *engines = zip(*CROSSED, strict=True)
    assert set(optimizers) == set(OPTIMIZERS)
    assert set(models) <= set(MODELS)
    assert {ENGINES[e].impl for e in engines[0]} == {"raw", "keras"}


def test_what_was_written_is_read(kept):
    values, place = kept.read()
    assert place == PLACE
    assert {n: v.tolist() for n, v in values.items()} == {n: v.tolist() for n, v in VALUES.items()}
    with np.load(kept.path, allow_pickle=False) as file:  # without this project
        assert set(file.files) == {*VALUES, ABOUT}


def test_in_an_empty_folder_there_is_none(tmp_path):
    assert Checkpoint(tmp_path, ABOUT_IT).read() is None


def forged(path, **changes):
    """Write the checkpoint again, members or what is said of it changed."""
    with np.load(path, allow_pickle=False) as file:
        arrays = {name: file[name] for name in file.files}
    text = decoded(arrays.pop(ABOUT))
    text |= {name: value for name, value in changes.items() if name in text}
    np.savez(path, **arrays, **{ABOUT: encoded(text)})


def bomb(path):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"{ABOUT}.npy", b"")
        archive.writestr("a.npy", bytes(600_000))
        archive.writestr("b.npy", bytes(600_000))


def object_array(path):
    buffer = io.BytesIO()
    np.save(buffer, np.array([{}], object), allow_pickle=True)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(f"{ABOUT}.npy", buffer.getvalue())


def flipped(raw, at):
    return raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :]


DAMAGES = {
    "truncated": lambda p: p.write_bytes(p.read_bytes()[:-30]),
    "empty": lambda p: p.write_bytes(b""),
    "a flipped bit": lambda p: p.write_bytes(flipped(p.read_bytes(), 150)),
    "a page": lambda p: p.write_text("<!DOCTYPE html><html>"),
    "a pickle": lambda p: p.write_bytes(pickle.dumps({})),
    "pickled inside": object_array,
    "a folder": lambda p: (p.unlink(), p.mkdir()),
    "a dangling link": lambda p: (p.unlink(), p.symlink_to("nowhere")),
    "weights alone": lambda p: np.savez(p, **VALUES),
    "no place": lambda p: forged(p, place=None),
    "epochs out of order": lambda p: forged(p, place=Place((Epoch(2, 0.0, 0.0),)).to_json()),
    "steps below none": lambda p: forged(p, place=PLACE.to_json() | {"steps": -1}),
    "steps of another kind": lambda p: forged(p, place=PLACE.to_json() | {"steps": "2"}),
    "an unknown form": lambda p: forged(p, version=99),
    "another training": lambda p: forged(p, training={"model": "mlp", "seed": 4}),
    "a training of lists": lambda p: forged(p, training=[1, 2]),
}  # fmt: skip


@pytest.mark.parametrize("damage", DAMAGES)
def test_what_is_no_checkpoint_of_this_training_is_one_line(kept, damage):
    DAMAGES[damage](kept.path)
    with pytest.raises(UserError) as refused:
        kept.read()
    assert str(kept.path) in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_bomb_is_not_unpacked(kept, monkeypatch):
    monkeypatch.setattr("bench.data.files.MAX_BYTES", 1_000_000)
    bomb(kept.path)
    with pytest.raises(UserError, match="unpacks to 1,200,000 bytes: at most 1,000,000 are read"):
        kept.read()


def test_another_training_is_named_by_the_option(kept):
    kept.about = {"model": "mlp", "seed": 4}
    with pytest.raises(UserError, match="seed was 3, now 4"):
        kept.read()


@pytest.mark.parametrize(
    "found",
    [{}, {"w": np.zeros(3)}, {"w": np.zeros(2, np.float32)}, {"w": np.zeros(2), "v": np.zeros(1)}],
)
def test_arrays_of_another_form_are_refused(found):
    with pytest.raises(UserError, match="is damaged"):
        check_values(Path("c.npz"), found, {"w": np.zeros(2)})


def test_a_folder_is_of_one_run(tmp_path):
    with (
        held(tmp_path, True, ABOUT_IT),
        pytest.raises(UserError, match="another run goes on there"),
        held(tmp_path, True, ABOUT_IT),
    ):
        pass
    with held(tmp_path, True, ABOUT_IT):
        pass  # free again


def test_what_is_there_is_not_begun_anew(kept):
    with pytest.raises(UserError, match="go on with --resume"), held(kept.folder, False, ABOUT_IT):
        pass


def full(*_):
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_a_full_disk_leaves_the_checkpoint_before(kept, monkeypatch, call):
    monkeypatch.setattr(os, call, full)
    with pytest.raises(UserError, match=r"No space left on device.*--resume"):
        kept.write(VALUES, Place())
    monkeypatch.undo()
    assert kept.read().place == PLACE
    assert [path.name for path in kept.folder.iterdir()] == [FILE]


def test_a_folder_that_disappears_is_one_line(kept):
    shutil.rmtree(kept.folder)
    with pytest.raises(UserError, match="No such file or directory"):
        kept.write(VALUES, PLACE)


def test_a_file_is_renamed_once_it_is_on_the_disk(tmp_path, monkeypatch):
    done = []
    for name in ("fsync", "replace"):
        whole = getattr(os, name)
        monkeypatch.setattr(
            os, name, lambda *given, whole=whole, name=name: (done.append(name), whole(*given))
        )
    write_durably(tmp_path / "file", b"all of it")
    assert done == ["fsync", "replace", "fsync"]  # the file, its name, the folder


@pytest.mark.parametrize(("done", "every"), [(0, None), (0, 2), (1, 2), (2, 2), (3, 2), (5, None)])
def test_pieces_are_cut_where_they_would_be_without_an_interruption(done, every):
    order = np.arange(55)  # of ten, and a last one of five
    cuts = [0, *([20, 40] if every else []), 55]
    found = list(pieces(order, 10, done, every))
    assert np.concatenate(found or [order[:0]]).tolist() == order[10 * done :].tolist()
    assert [p[-1] + 1 for p in found] == [c for c in cuts if c > 10 * done]


def test_a_loss_is_of_all_pieces_and_as_it_is_of_one():
    third = 1.0 / 3.0
    assert Place().after(third, 7, 1).loss == third
    assert Place().after(1.0, 30, 1).after(2.0, 10, 1).loss == 1.25


SMALL = ("mlp-dropout", "--exact", "--dataset", "digits", "--limit", 80, "--batch-size", 32)


def train(gvk, impl, *arguments):
    return gvk("train", *SMALL, "--impl", impl, *arguments)


def signalled_at(monkeypatch, number, write):
    """Send a signal to this process at a write of a checkpoint."""
    whole, count = Checkpoint.write, []

    def watched(*given):
        whole(*given)
        count.append(1)
        if len(count) == write:
            signal.raise_signal(number)

    monkeypatch.setattr(Checkpoint, "write", watched)


@pytest.mark.parametrize("number", quick_are([signal.SIGINT, signal.SIGTERM], signal.SIGTERM))
def test_a_stopped_training_is_kept_and_goes_on_on_the_other_side(gvk, monkeypatch, number):
    handlers = [signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM)]
    every = ("--checkpoint", "kept", "--checkpoint-every", 1, "--epochs", 2)
    with monkeypatch.context() as patch:
        signalled_at(patch, number, write=5)  # two of an epoch's three steps, and its end
        code, _, err = train(gvk, "raw", *every)
    assert code == 130
    assert f"{number.name}: stops at the next checkpoint" in err
    assert "stopped at epoch 2, 2 steps into it: the same command with --resume" in err
    assert handlers == [signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM)]

    code, out, err = train(
        gvk, "keras", *every, "--resume", "--json", "cut.json", "--save", "cut.npz"
    )
    assert code == 0, err
    assert "kept: goes on at epoch 2, 2 steps into it" in out
    train(gvk, "keras", "--epochs", 2, "--json", "whole.json", "--save", "whole.npz")
    assert Path("cut.npz").read_bytes() == Path("whole.npz").read_bytes()
    cut, whole = (json.loads(Path(name).read_text()) for name in ("cut.json", "whole.json"))
    assert cut["test"] == whole["test"]
    assert [e["epoch"] for e in cut["epochs"]] == [1, 2]


BAD = {
    "--resume does nothing without --checkpoint": ("--resume",),
    "--checkpoint-every does nothing without": ("--checkpoint-every", 2),
    "Directory 'taken' is a file": ("--checkpoint", "taken"),
    "go on with --resume": ("--checkpoint", "kept"),
    "optimizer was sgd, now adam": ("--checkpoint", "kept", "--resume", "--optimizer", "adam"),
    "dataset train was 80, now 64": ("--checkpoint", "kept", "--resume", "--limit", 64),
    "--checkpoint taken/in: ": ("--checkpoint", "taken/in"),
    "give 1 or more": ("--checkpoint", "kept", "--resume", "--epochs", 0),
}


def test_bad_options_are_one_line_and_exit_2(gvk, tmp_path):
    (tmp_path / "taken").write_text("a file")
    code, _, err = train(gvk, "raw", "--epochs", 1, "--checkpoint", "kept", "--resume")
    assert code == 0, err
    before = (tmp_path / "kept" / FILE).read_bytes()
    for words, arguments in BAD.items():
        code, out, err = train(gvk, "raw", "--epochs", 1, *arguments)
        assert (code, err.count("\n")) == (2, 1), out + err
        assert words in err
    assert (tmp_path / "kept" / FILE).read_bytes() == before

"""What was handed in, before anything of it is run."""

import pytest

from bench.errors import UserError
from bench.exercises.submission import Submission, submission
from bench.exercises.tasks import written
from tests.bench.exercises.handing_in import filled

BAD = {
    "gone.py": (None, "No such file or directory: name a file that `gvk exercise NAME -o FILE`"),
    "folder": ("folder", "Is a directory"),
    "binary.py": (b"\xff\xfe\x00", "is no text"),
    "broken.py": (b"EXERCISE = 'perceptron'\ndef f(:\n", "broken.py, line 2: is no Python"),
    "null.py": (b"x = 1\0", "is no Python"),
    "other.py": (b"print('hello')\n", "says of no exercise that it is of it"),
    "unknown.py": (b"EXERCISE = 'percepton'\n", "says of no exercise that it is of it"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_is_one_line_that_names_it(name, tmp_path):
    content, said = BAD[name]
    path = tmp_path / name
    if content == "folder":
        path.mkdir()
    elif content is not None:
        path.write_bytes(content)
    with pytest.raises(UserError) as error:
        submission(path)
    assert said in str(error.value)
    assert name in str(error.value)
    assert "\n" not in str(error.value)


def test_open_gaps_are_filled_and_lines_keep_their_numbers():
    handed = filled("perceptron", {3: "losses = 1\nloss = 2"}, solved=False)
    assert handed.open == (1, 2, 4)
    whole = handed.whole(handed.open)
    lines, theirs = whole.text.splitlines(), handed.text.splitlines()
    for n, line in enumerate(lines, 1):
        if (place := whole.place(n)) is not None:
            assert theirs[place - 1] == line
    own = lines.index("        loss = 2") + 1
    assert whole.gap(own) == 3
    assert theirs[whole.place(own) - 1] == "        loss = 2"
    assert "p = tf.nn.sigmoid(z)" in whole.text
    assert whole.place(lines.index("        p = tf.nn.sigmoid(z)") + 1) is None
    assert whole.place(10**6) is None


def test_comments_and_spaces_do_not_fill_a_gap():
    handed = filled("perceptron", {1: "# hm\nz = tf.zeros(  (len(x), 1))  # no"})
    assert handed.open == (1,)
    assert filled("perceptron", {1: "z = tf.zeros((len(x), 2))"}).open == ()


def test_without_its_marks_a_gap_is_judged_as_it_stands():
    text = "\n".join(line for line in written("perceptron").splitlines() if "# <<<" not in line)
    handed = Submission("perceptron", text)
    assert handed.open == ()
    assert handed.whole(()).text == text + "\n"
    assert handed.begin(1) is None


@pytest.mark.parametrize(
    ("name", "gap", "code", "found"),
    [
        ("perceptron", 1, "import keras", "keras"),
        ("perceptron", 1, "z = tf.keras.layers.Dense(1)(x)", "keras"),
        ("perceptron", 1, "from tensorflow.keras import layers", "keras"),
        ("backprop-by-hand", 1, "with tf.GradientTape() as tape: pass", "GradientTape"),
        ("cross-entropy", 1, "log_p = tf.nn.log_softmax(z)", "log_softmax"),
    ],
)
def test_what_would_do_the_exercise_is_found(name, gap, code, found):
    line, word = filled(name, {gap: code}).forbidden()
    assert word == found
    assert filled(name, {gap: code}).text.splitlines()[line - 1].strip() == code

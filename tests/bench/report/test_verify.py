"""``gvk verify``: one digit changed by hand is found, wherever it stands."""

import json
from pathlib import Path

import pytest

from bench.records.reading import FILE_NAME, read
from bench.report.document import write_report
from bench.report.index import write_index
from bench.report.verify import verify
from tests.bench.measured import store_run


@pytest.fixture
def report(tmp_path):
    folder = tmp_path / "reports" / "mlp"
    store_run(folder)
    write_report(folder)
    write_index(tmp_path / "reports")
    return folder


def _edit(path, was, now, count=1):
    text = path.read_text()
    assert was in text
    path.write_text(text.replace(was, now, count))


def test_an_untouched_report_passes_and_says_what_was_worked_out(report):
    found = verify(report)
    assert found.faults == ()
    # the latency of these records has no blocks: nothing to work it out from
    assert (found.blocks, found.summaries, found.files) == (8, 1, 5)


def test_one_digit_of_the_report_is_found_and_its_line_named(report):
    text = (report / "report.md").read_text()
    line = next(n for n, row in enumerate(text.splitlines(), 1) if "raw step 1.00 (" in row)
    _edit(report / "report.md", "raw step 1.00 (", "raw step 1.01 (")
    (fault,) = verify(report).faults
    assert fault.place == f"report.md line {line}"
    assert "raw step 1.01" in fault.problem
    assert "raw step 1.00" in fault.problem


def _resealed(folder, line, change):
    """Change a record and give it a right seal, as whoever means to deceive would."""
    from bench.records.seals import sealed

    lines = (folder / FILE_NAME).read_text().splitlines()
    record = json.loads(lines[line])
    change(record)
    lines[line] = json.dumps(sealed(record))
    (folder / FILE_NAME).write_text("\n".join(lines) + "\n")


def _line_of(folder, kind):
    return next(n for n, record in enumerate(read(folder)) if record["kind"] == kind)


def test_one_digit_of_a_block_breaks_its_seal(report):
    line = _line_of(report, "block")
    lines = (report / FILE_NAME).read_text().splitlines()
    record = json.loads(lines[line])
    record["seconds"][0] += 0.1
    lines[line] = json.dumps(record)
    (report / FILE_NAME).write_text("\n".join(lines) + "\n")
    places = {(fault.place, fault.problem) for fault in verify(report).faults}
    where = f"records.jsonl line {line + 1} (block mlp training 0)"
    assert (where, "was changed after it was written") in places


def test_a_changed_block_with_a_new_seal_is_found_in_the_summary(report):
    def change(record):
        record["seconds"][0] += 0.1

    _resealed(report, _line_of(report, "block"), change)
    faults = verify(report).faults
    assert any("(throughput mlp training)" in f.place and ".ratio is" in f.problem for f in faults)


def test_a_changed_ratio_is_found(report):
    def change(record):
        record["ratios"][0]["low"] += 0.001

    _resealed(report, _line_of(report, "throughput"), change)
    problems = [fault.problem for fault in verify(report).faults]
    assert any(problem.startswith("ratios[0].low is") for problem in problems)


def test_a_block_in_another_order_is_found(report):
    def change(record):
        record["order"] = record["order"][1:] + record["order"][:1]

    _resealed(report, _line_of(report, "block"), change)
    assert any("its order" in fault.problem for fault in verify(report).faults)


def test_a_deleted_block_is_found(report):
    line = _line_of(report, "block")
    lines = (report / FILE_NAME).read_text().splitlines()
    del lines[line]
    (report / FILE_NAME).write_text("\n".join(lines) + "\n")
    assert any("blocks is 8" in fault.problem for fault in verify(report).faults)


def test_a_digit_of_the_figure_and_a_missing_file_are_found(report):
    _edit(report / "figure.svg", "720", "721")
    (report / "report.md").unlink()
    assert {fault.place for fault in verify(report).faults} == {"figure.svg line 4", "report.md"}


def test_the_command_line_says_0_then_1(gvk, report):
    reports = report.parent
    code, out, _ = gvk("verify", "--reports", reports)
    assert (code, "0 faults" in out) == (0, True)
    _edit(reports / "README.md", "mlp", "mlq")
    code, out, _ = gvk("verify", "--reports", reports, "--json", "found.json")
    assert code == 1
    place = json.loads(Path("found.json").read_text())["index"][0]["place"]
    assert place in out
    assert place.startswith("README.md line ")
    assert gvk("verify", "mlp", "--reports", reports)[0] == 0


def test_without_a_report_it_says_what_to_run(gvk, tmp_path):
    code, _, err = gvk("verify", "--reports", tmp_path)
    assert code == 2
    assert "run `gvk bench` first" in err

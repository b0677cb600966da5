"""``gvk compare``: whether the ratios of two runs, of two commits say, are the same."""

from dataclasses import asdict
from pathlib import Path

import click

from bench.commands.user_files import new_file, write_json
from bench.stats.verdicts import worst_exit_code


def run(run_a: str, run_b: str, reports: Path, margin: float, json_path: Path | None) -> int:
    """Print each change; return 1 if an arm got slower, 3 if that stays open."""
    new_file(json_path, "--json")
    from bench.timing.compare_runs import Change, changes_between, records_of_run

    def line(change: Change) -> str:
        ratio = change.change
        return (
            f"compare    {change.model} {change.task} {change.arm}: {change.before:.3f} then "
            f"{change.after:.3f} times {change.reference}, changed by {ratio.ratio:.3f} "
            f"({ratio.low:.3f} to {ratio.high:.3f}): {change.verdict.word} ({change.verdict.why})"
        )

    before, after = (records_of_run(reports, name) for name in (run_a, run_b))
    changes = changes_between(before, after, margin)
    for change in changes:
        click.echo(line(change))
    names = [records[0]["run"] for records in (before, after)]
    write_json(json_path, "compare", {"runs": names, "changes": [asdict(c) for c in changes]})
    return worst_exit_code(change.verdict.word for change in changes)

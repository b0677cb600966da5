"""The site of the documentation is built where its extra is installed: no link leads nowhere."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("mkdocs", reason="the extra [docs] is not installed")
pytestmark = pytest.mark.full
ROOT = Path(__file__).parents[1]


def build(root, to):
    """Build the site as ``make docs`` does; return what came of it."""
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "-d", str(to)]
    said = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}  # a word of the theme's authors
    return subprocess.run(command, cwd=root, env=said, capture_output=True, text=True, check=False)


def test_it_is_built_without_a_warning_and_has_every_part(tmp_path):
    done = build(ROOT, tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    for page in ("", "docs/tutorial", "docs/howto", "docs/diagnose", "docs/reference", "docs/api",
                 "docs/measuring", "reports", "reports/glossary"):  # fmt: skip
        assert (tmp_path / page / "index.html").is_file(), page
    api = (tmp_path / "docs" / "api" / "index.html").read_text()
    assert "Say why two programs disagree" in api
    report = (tmp_path / "reports" / "mnist" / "report" / "index.html").read_text()
    assert report.count("<table>") > 10  # those that are folded among them
    assert (tmp_path / "reports" / "mnist" / "figure.svg").is_file()


def test_a_link_that_leads_nowhere_fails(tmp_path):
    for name in ("mkdocs.yml", "rawtf", "keras_impl", "bench", "reports", "CONTRIBUTING.md",
                 "CHANGELOG.md"):  # fmt: skip
        (tmp_path / name).symlink_to(ROOT / name)
    (tmp_path / "docs").mkdir()
    for path in (ROOT / "docs").iterdir():
        (tmp_path / "docs" / path.name).symlink_to(path)
    broken = (ROOT / "README.md").read_text() + "\n[nowhere](docs/nowhere.md)\n"
    (tmp_path / "README.md").write_text(broken)
    done = build(tmp_path, tmp_path / "built")
    assert done.returncode != 0
    assert "nowhere.md" in done.stdout + done.stderr

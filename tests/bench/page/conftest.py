"""The page of the committed reports, made once for all tests, from a copy of nothing but them."""

from pathlib import Path

import pytest

from bench.page.write import write_page
from bench.records.reading import some_report_folders

REPORTS = Path(__file__).parents[3] / "reports"


@pytest.fixture(scope="session")
def page_file(tmp_path_factory):
    """Return the path of the page."""
    path = tmp_path_factory.mktemp("page") / "page.html"
    return write_page(REPORTS, some_report_folders(REPORTS), path)


@pytest.fixture(scope="session")
def page_text(page_file):
    """Return its HTML."""
    return page_file.read_text("utf-8")

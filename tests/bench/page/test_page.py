"""The page as it is written: whole, in one file, and every link in it leads somewhere."""

import re
from collections import Counter

from bench.page.site import site
from bench.page.to_html import html, parsed
from bench.records.reading import some_report_folders
from tests.bench.page.conftest import REPORTS

MOST_BYTES = 10_000_000


def test_it_is_one_file_of_less_than_ten_megabytes_that_asks_for_nothing(page_text):
    assert len(page_text.encode()) < MOST_BYTES
    assert "default-src 'none'" in page_text
    assert set(re.findall(r'<img src="(.{10})', page_text)) == {"data:image"}
    assert not re.findall(r'(?:src|srcset|poster)="(?!data:)', page_text)
    assert not re.findall(r"<(?:link|iframe|object|embed)\b|@import|url\(", page_text)


def test_every_figure_of_the_reports_is_in_it(page_text):
    figures = len(list(REPORTS.glob("*/*.svg")))
    assert page_text.count("<img ") == figures
    assert len(re.findall(r'<img [^>]*alt="[^"]{20,}', page_text)) == figures


def test_every_link_within_it_leads_to_something_and_no_id_comes_twice(page_text):
    ids = Counter(re.findall(r'\sid="([^"]+)"', page_text))
    assert [name for name, n in ids.items() if n > 1] == []
    links = set(re.findall(r'href="#([^"]+)"', page_text))
    assert links - ids.keys() == set()
    lit = {
        name for found in re.findall(r'data-lights="([^"]+)"', page_text) for name in found.split()
    }
    assert lit
    assert lit - ids.keys() == set()


def test_without_javascript_nothing_is_hidden_but_what_would_do_nothing(page_text):
    markup = page_text.partition("<script>")[0].partition("<body>")[2]
    assert re.findall(r"<(\w+)[^>]*\shidden\b", markup) == ["button", "form"]


def test_a_link_out_of_the_site_becomes_plain_text():
    whole = site(REPORTS, some_report_folders(REPORTS)[:1])
    page = whole.pages[0]
    tokens, _ = parsed(type(page)(page.path, "# A\n\n[gone](../nowhere.md) [x](#b)\n\n## B"), whole)
    assert '<a>gone</a> <a href="#' in html(tokens)


def test_the_verb_writes_it_and_refuses_a_file_twice(gvk, tmp_path):
    import shutil

    shutil.copytree(REPORTS / "calibration", tmp_path / "reports" / "calibration")
    shutil.copy(REPORTS / "glossary.md", tmp_path / "reports")
    code, out, err = gvk("report", "calibration", "--html", "page.html")
    assert (code, err) == (0, "")
    assert out.splitlines()[-1] == "page.html"
    assert "Is the method right?" in (tmp_path / "page.html").read_text()
    code, _, err = gvk("report", "--html", "page.html")
    assert code == 2
    assert "page.html is there already" in err
    code, _, err = gvk("report", "--html", "x", "--json", "x")
    assert code == 2
    assert "--html and --json both name x" in err

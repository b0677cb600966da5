"""The page in a real Chromium: on a wide screen and a phone, by keyboard, in both schemes.

Driven is the Chromium of the machine; where it or the extra ``[browser]`` is missing, the tests say
so and are skipped.
"""

import shutil

import pytest

from tests.quick import quick_are

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
sync_api = pytest.importorskip("playwright.sync_api", reason="the extra [browser] is not installed")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no chromium on this machine")

SIZES = {"desktop": (1280, 900), "phone": (390, 844)}
PLACES = ("#readme", "#mnist-report", "#mnist-model-mlp", "#mnist-model-convnet-full",
          "#mnist-what-keras-hides", "#docs-diagnose", "#glossary", "#find")  # fmt: skip


@pytest.fixture(scope="module")
def browser():
    with sync_api.sync_playwright() as playwright:
        # the sandbox wants a user that is not root; the page is our own
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield chromium
        chromium.close()


@pytest.fixture
def opened(browser, page_file):
    """Return a function that opens the page; what a console would complain of fails the test."""
    said, contexts = [], []

    def open_page(place="", size="desktop", **options):
        width, height = SIZES[size]
        contexts.append(browser.new_context(viewport={"width": width, "height": height}, **options))
        page = contexts[-1].new_page()
        page.on("console", lambda m: said.append(m.text) if m.type in ("error", "warning") else 0)
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("request", lambda r: said.append(r.url) if not r.url.startswith(("file:", "data:"))
                else 0)  # fmt: skip
        page.goto(f"file://{page_file}{place}")
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert said == []


def of_model(page):
    """Return the panes of the model whose page is shown: Keras, by hand."""
    return page.locator("article.shown .code").all()


RULES = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]
ALL, ONE = PLACES, ("#mnist-model-mlp",)


def broken(page):
    """Return the rules that axe-core finds broken on what is shown, and its words."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    # what is not shown has a turn of its own, and makes this one five times as long
    page.evaluate("document.querySelectorAll('article:not(.shown)').forEach(a => a.remove())")
    # links pushed out of sight pass for ways past the navigation, whose ends were just removed
    page.evaluate("document.querySelector('nav').scrollLeft = 0")
    found = axe.run(page, options={"runOnly": RULES, "resultTypes": ["violations"]})
    return [each["id"] for each in found.response["violations"]], found.generate_report()


@pytest.mark.parametrize(("size", "scheme", "places"), quick_are(
    [("desktop", "light", ALL), ("phone", "dark", ALL), ("phone", "light", ONE)],
    ("phone", "light", ONE)))  # fmt: skip
def test_nothing_is_inaccessible_and_no_page_is_wider_than_its_screen(opened, size, scheme, places):
    for place in places:
        page = opened(place, size, color_scheme=scheme)
        page.evaluate("document.querySelectorAll('.shown details').forEach(d => d.open = true)")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), place
        rules, words = broken(page)
        assert rules == [], words


@pytest.mark.full
def test_what_is_inaccessible_is_found(opened):
    page = opened("#glossary")
    page.evaluate("document.querySelector('.shown h1').after(document.createElement('img'))")
    assert broken(page)[0] == ["image-alt"]


@pytest.mark.parametrize("size", quick_are(SIZES, "phone"))
def test_pointing_at_a_line_of_keras_lights_up_its_lines_by_hand(opened, size):
    page = opened("#mnist-model-mlp", size, has_touch=size == "phone")
    keras, by_hand = of_model(page)
    line = keras.locator("a", has_text='name="dense_2"')
    line.scroll_into_view_if_needed()
    line.tap() if size == "phone" else line.hover()
    lit = by_hand.locator("li.lit").all_inner_texts()
    assert any(text.startswith("a_2 = ") or " a_2 = " in text for text in lit)
    assert not any(" a_1 = " in text for text in lit)
    first = by_hand.locator("li.lit").first
    pane, shown = by_hand.bounding_box(), first.bounding_box()
    assert pane["y"] <= shown["y"] <= pane["y"] + pane["height"]
    assert page.url.endswith("#mnist-model-mlp")


def test_by_keyboard_alone(opened):
    page = opened("#mnist-model-mlp")
    keras, by_hand = of_model(page)
    keras.focus()
    page.keyboard.press("Tab")
    assert by_hand.locator("li.lit").count() > 0
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"
    page.keyboard.press("/")
    page.wait_for_function("document.activeElement.id === 'words'")
    page.keyboard.type("softmax-twice")
    assert page.locator("output").inner_text() != ""
    first = page.locator(".found li:not([hidden]) a").first
    page.keyboard.press("Tab")
    assert first.evaluate("link => link === document.activeElement")
    page.keyboard.press("Enter")
    page.wait_for_function("document.title.startsWith('Why two programs disagree')")


@pytest.mark.full
@pytest.mark.parametrize("size", SIZES)
def test_the_page_that_is_shown_is_in_sight_in_the_navigation(opened, size):
    page = opened("#docs-diagnose", size)
    current = page.locator("nav [aria-current]")
    current.wait_for()
    box = current.bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= SIZES[size][0]
    assert page.evaluate("scrollY") == 0


@pytest.mark.full
def test_the_way_past_the_navigation_keeps_the_page(opened):
    page = opened("#glossary")
    page.evaluate("document.activeElement.blur(); scrollTo(0, 0)")
    skip = page.locator(".skip")
    skip.focus()
    assert skip.bounding_box()["x"] >= 0
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    assert page.locator("article.shown h1").inner_text() == "Glossary"


@pytest.mark.full
def test_a_table_sorts_by_click_and_by_key_and_comes_back(opened):
    page = opened("#mnist-report")
    table = page.locator("article.shown table").first
    column = table.locator("tbody td:nth-child(4)")
    before = column.all_inner_texts()
    head = table.locator("th:nth-child(4)")
    head.locator("button").click()
    numbers = [float(text.replace(",", "")) for text in column.all_inner_texts()]
    assert numbers == sorted(numbers)
    assert head.get_attribute("aria-sort") == "ascending"
    page.keyboard.press("Enter")
    assert [float(t.replace(",", "")) for t in column.all_inner_texts()] == numbers[::-1]
    page.keyboard.press("Enter")
    assert column.all_inner_texts() == before
    assert head.get_attribute("aria-sort") is None


@pytest.mark.full
def test_figures_follow_the_scheme_and_the_button(opened):
    page = opened("#mnist-report", color_scheme="light")
    figure = page.locator("article.shown img").first
    figure.scroll_into_view_if_needed()
    page.wait_for_function("image => image.complete", arg=figure.element_handle())
    light = figure.screenshot()
    page.emulate_media(color_scheme="dark")
    dark = figure.screenshot()
    assert light != dark
    page.locator("#scheme").click()  # light, whatever the system says
    assert figure.screenshot() == light


@pytest.mark.full
def test_a_search_finds_concepts_and_causes_and_hides_the_rest(opened):
    page = opened("#find")
    page.locator("#words").fill("optimizer step")
    shown = page.locator(".found li:not([hidden])")
    assert 0 < shown.count() < page.locator(".found li").count()
    assert "Optimizer step" in page.locator(".found li:not([hidden]) a").all_inner_texts()
    page.locator("#words").fill("loss-scaled")
    assert page.locator("section.found:visible h2").first.inner_text() == "Causes"
    page.locator("#words").fill("no such thing at all")
    assert page.locator("output").inner_text() == "0 found"


@pytest.mark.full
def test_without_javascript_all_of_it_can_be_read(opened):
    page = opened("#glossary", java_script_enabled=False)
    assert page.locator("article:visible").count() == page.locator("article").count()
    assert page.locator("form:visible, button:visible").count() == 0

"""The report as a reader meets it: unpacked from the pack, in a real browser, offline."""

import json
import time
import zipfile
from pathlib import Path
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

import polars as pl
import pytest

from tasks.evidence import catalog
from tasks.evidence.report import charts, figures
from tasks.evidence.repository import ROOT
from tests.python.browser import Browser

pytestmark = pytest.mark.slow

SMALLEST_CONTRAST = 4.5
WAIT = 60.0  # seconds for charts to come alive on a busy machine

# Every visible text with the ratio of its colour to the ground that it stands on, the worst first.
CONTRASTS = """(() => {
  const paint = document.createElement("canvas").getContext("2d", {willReadFrequently: true});
  const channels = (colour) => {
    paint.clearRect(0, 0, 1, 1); paint.fillStyle = colour; paint.fillRect(0, 0, 1, 1);
    return paint.getImageData(0, 0, 1, 1).data;
  };
  const luminance = (colour) => {
    const [r, g, b] = Array.from(channels(colour)).slice(0, 3).map((c) => {
      c /= 255; return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ground = (node) => {
    for (let at = node; at; at = at.parentElement) {
      const box = ["g", "a"].includes(at.tagName);
      const rect = box ? at.querySelector(":scope > rect") : null;
      if (rect) return getComputedStyle(rect).fill;
      const colour = getComputedStyle(at).backgroundColor;
      if (channels(colour)[3] === 255) return colour;
    }
    return "#fff";
  };
  const found = new Map();
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const node = texts.currentNode.parentElement;
    if (!texts.currentNode.data.trim() || ["SCRIPT", "STYLE"].includes(node.tagName)) continue;
    if (!node.getClientRects().length) continue;
    const style = getComputedStyle(node);
    const own = node.namespaceURI.includes("svg") ? style.fill : style.color;
    const key = `${own} on ${ground(node)}`;
    if (!found.has(key)) found.set(key, texts.currentNode.data.trim().slice(0, 30));
  }
  return Array.from(found, ([key, text]) => {
    const [one, other] = key.split(" on ").map(luminance).sort((a, b) => b - a);
    return [(one + 0.05) / (other + 0.05), key, text];
  }).sort((a, b) => a[0] - b[0]);
})()"""


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory, evidence):
    assert evidence
    folder = tmp_path_factory.mktemp("pack")
    with zipfile.ZipFile(ROOT / catalog.PACK) as archive:
        archive.extractall(folder)
    return folder


@pytest.fixture(scope="module")
def browser():
    with Browser() as driven:
        yield driven


@pytest.fixture(params=catalog.REPORT_PAGES)
def page(request, unpacked):
    return unpacked / "docs" / "artifacts" / "report" / f"{request.param}.html"


@pytest.fixture
def index(unpacked):
    return unpacked / "docs" / "artifacts" / "report" / "index.html"


def charts_alive(browser):
    """Scroll through the page until every chart answers; how many there are."""
    ended = time.monotonic() + WAIT
    waiting = "document.querySelectorAll('figure:has(.spec):not([data-live])')"
    while browser.value(f"{waiting}.length"):
        assert time.monotonic() < ended, "charts do not come alive"
        browser.value(f"{waiting}[0]?.scrollIntoView({{behavior: 'instant'}})")
        time.sleep(0.05)
    return browser.value("document.querySelectorAll('figure[data-live] svg').length")


def test_nothing_is_complained_of_and_nothing_is_fetched_from_elsewhere(browser, page, unpacked):
    browser.look()
    browser.open(page)
    drawn = browser.value("document.querySelectorAll('.spec').length")
    assert charts_alive(browser) == drawn
    assert browser.complaints == []
    inside = unpacked.resolve().as_uri()
    assert [url for url in browser.requests if not url.startswith((inside, "data:"))] == []


def test_every_link_leads_somewhere_in_the_pack(browser, page, unpacked):
    browser.open(page)
    links = browser.each("[href]", "(a) => a.href.baseVal || a.href")
    assert len(links) > 10
    with zipfile.ZipFile(ROOT / catalog.PACK) as archive:
        members = set(archive.namelist())
    folder = page.parent.resolve().as_uri() + "/"
    for link in {urldefrag(link).url for link in links if not link.startswith("data:")}:
        path = Path(unquote(urlsplit(urljoin(folder, link)).path))
        assert path.relative_to(unpacked.resolve()).as_posix() in members, link


def test_every_picture_is_there_and_has_words(browser, page):
    browser.open(page)
    load = "async (i) => { i.loading = 'eager'; await i.decode(); return i.naturalWidth; }"
    widths = browser.value(f"Promise.all(Array.from(document.images, {load}))")
    assert all(widths)
    assert all(browser.each("img", "(i) => i.alt.trim().length > 3"))


def test_the_figures_that_a_reader_sees_are_those_of_the_summary(browser, page, unpacked):
    summary = json.loads((unpacked / catalog.SUMMARY.path).read_bytes())
    values = dict(figures.leaves(summary))
    browser.open(page)
    parts = "(d) => [d.dataset.figure, d.dataset.value, d.textContent.trim()]"
    seen = browser.each("[data-figure]", parts)
    for name, value, text in seen:
        assert json.loads(value) == values[name], name
        assert text == figures.shown(values[name]), name


def test_a_page_reads_without_scripts(browser, page):
    browser.look(scripts=False)
    browser.open(page)
    assert browser.value("document.querySelectorAll('.tools, thead button').length") == 0
    assert browser.value("document.querySelector('h1').getClientRects().length") == 1
    drawn = browser.each(".drawn > svg", "(s) => s.getBoundingClientRect().width")
    assert len(drawn) == browser.value("document.querySelectorAll('.spec').length")
    assert all(width > 100.0 for width in drawn)
    assert all(browser.each("details", "(d) => d.querySelector('tbody td') !== null"))
    browser.look()


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("dark", [False, True])
def test_text_stands_out_and_fits(browser, page, width, dark, tmp_path):
    browser.look(width=width, dark=dark)
    browser.open(page)
    browser.value("document.querySelectorAll('details').forEach((d) => { d.open = true; })")
    ground = browser.value("getComputedStyle(document.body).backgroundColor")
    assert ground == ("rgb(17, 20, 26)" if dark else "rgb(246, 247, 249)")
    worst = browser.value(CONTRASTS)
    assert worst[0][0] >= SMALLEST_CONTRAST, worst[:3]
    assert browser.value("document.documentElement.scrollWidth") <= width
    browser.picture(tmp_path / "page.png")
    assert (tmp_path / "page.png").stat().st_size > 10_000
    browser.look()


def test_on_a_phone_nothing_is_out_of_reach(browser, page):
    browser.look(width=390, height=844)
    browser.open(page)
    browser.value("document.querySelectorAll('details').forEach((d) => { d.open = true; })")
    # rows of words stand below each other, within the screen and with their labels
    stacked = browser.each(
        ".stacked tbody tr:not([hidden]) > *",
        "(c) => [c.getBoundingClientRect().right, c.scrollWidth - c.clientWidth]",
    )
    assert all(right <= 390.0 and over <= 1 for right, over in stacked)
    # of tables of numbers the first column stays where it is
    kept = """(t) => {
      const scroll = t.closest(".scroll"), head = t.tBodies[0].rows[0].cells[0];
      const before = head.getBoundingClientRect().left;
      scroll.scrollLeft = 10000;
      return [scroll.scrollLeft, head.getBoundingClientRect().left - before];
    }"""
    moved = browser.each("table:not(.pairs, .stacked)", kept)
    assert all(abs(shift) <= 1.0 for _, shift in moved)
    # every page of the menu can be seen, on a desk as well
    for width in (390, 1280):
        browser.look(width=width)
        assert max(browser.each("nav a", "(a) => a.getBoundingClientRect().right")) <= width
    browser.look()


def test_the_frontier_is_drawn_where_it_was_made_and_other_columns_are_left_to_the_table():
    keys = ("product", "library", "method", "setting")
    numbers = {"failures": 0, "ns_per_option": 250.0, "rms_error": 1e-9}
    rows = [
        dict(zip(keys, (product, library, "by grids", setting), strict=True)) | numbers
        for product in ("american", "heston")
        for library in ("strikeproof", "QuantLib")
        for setting in ("coarse", "fine")
    ]
    path = "docs/artifacts/frontier/frontier.csv"
    (drawn,) = charts.of_table(path, pl.DataFrame(rows))
    assert drawn.svg.count(">by grids<") == 4
    assert "var(--series-2)" in drawn.svg
    assert list(charts.of_table(path, pl.DataFrame(rows).drop("rms_error"))) == []


def test_tables_sort_and_filter(browser, index):
    browser.open(index)
    rows = ".claims tbody tr:not([hidden])"

    def shares():
        return browser.each(rows, "(r) => Number(r.cells[4].dataset.sort)")

    whole = shares()
    head = "document.querySelectorAll('.claims thead th')[4]"
    browser.value(f"{head}.querySelector('button').click()")
    assert shares() == sorted(whole)
    assert browser.value(f"{head}.getAttribute('aria-sort')") == "ascending"
    browser.value(f"{head}.querySelector('button').click()")
    assert shares() == sorted(whole, reverse=True)
    words = "document.querySelector('main input[type=search]')"
    browser.value(f"{words}.value = 'ql_parity heston'")
    browser.value(f"{words}.dispatchEvent(new Event('input'))")
    left = browser.each(rows, "(r) => r.dataset.claim")
    assert left
    assert all("ql_parity" in name and "heston" in name for name in left)
    said = browser.value("document.querySelector('.tools [role=status]').textContent")
    assert said == f"{len(left)} of {len(whole)} rows"


def test_the_theme_can_be_chosen_and_the_keyboard_reaches_everything(browser, index):
    browser.look()
    browser.open(index)
    press = {"key": "Tab", "code": "Tab", "windowsVirtualKeyCode": 9}
    browser.call("Input.dispatchKeyEvent", type="keyDown", **press)
    assert browser.value("document.activeElement.className") == "skip"
    assert browser.value("document.activeElement.getBoundingClientRect().left") >= 0
    browser.value("document.querySelector('.theme').click()")
    assert browser.value("getComputedStyle(document.body).backgroundColor") == "rgb(17, 20, 26)"
    browser.value("document.querySelector('.theme').click()")
    assert browser.value("getComputedStyle(document.body).backgroundColor") == "rgb(246, 247, 249)"
    reached = "(s) => s.tabIndex === 0 && s.getAttribute('aria-label').length > 0"
    assert all(browser.each("main .scroll", reached))


def test_a_page_prints(browser, index):
    browser.open(index)
    assert browser.paper().startswith(b"%PDF")

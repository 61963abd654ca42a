"""The report's parts by themselves: figures read back, lies about them seen, new families shown."""

import json
import re
from types import SimpleNamespace

import polars as pl
import pytest

from tasks.evidence import catalog, plotting, tolerances
from tasks.evidence.catalog import Artifact
from tasks.evidence.checks import report as check
from tasks.evidence.digest import canonical_json
from tasks.evidence.faults import EvidenceFault
from tasks.evidence.report import (
    charts,
    claims,
    figures,
    labels,
    lineage,
    pages,
    plan,
    readback,
)
from tasks.evidence.repository import ROOT

pytestmark = pytest.mark.fast

HEAD = "<!doctype html>\n"
STYLE = (ROOT / plan.STYLE).read_text()
BOUNDS = tolerances.parse((ROOT / catalog.TOLERANCES).read_bytes())


def summary_at_the_limits():
    """A summary whose every bounded figure is half its limit."""
    document = {"schema": "x", "profile": "fast", "commit": None}
    for name, bound in BOUNDS.items():
        *path, last = name.split(".")
        place = document
        for part in path:
            place = place.setdefault(part, {})
        place[last] = bound.limit / 2.0
    return document


def written(page, tmp_path, inputs=None):
    """Text of one page, made from a summary and what else is given."""
    summary = tmp_path / "summary.json"
    summary.write_bytes(canonical_json(summary_at_the_limits()))
    common = {name: ROOT / path for name, path in plan.ASSETS.items()}
    common |= {"summary": summary, "tolerances": ROOT / catalog.TOLERANCES}
    output = tmp_path / f"{page}.html"
    pages.write_page(
        output, inputs=common | (inputs or {}), config={"page": page}, progress=lambda *_: None
    )
    return output.read_text()


# --- which page ---------------------------------------------------------------------------------


def test_every_family_has_a_page_and_unknown_ones_get_one():
    assert plan.page_of("wrds_panel_study") == "wrds"
    assert plan.page_of("benchmark_regression", optional=True) == "benchmarks"
    assert plan.page_of("vol_of_vol") == "vol_of_vol"
    assert plan.page_of("vol_of_vol", optional=True) == plan.COMPARISONS
    menu = plan.pages(["ql_parity", "vol_of_vol"])
    assert menu[:3] == ("index", "parity", "vol_of_vol")
    assert plan.title("vol_of_vol") == "Vol of vol"


def test_a_new_artifact_appears_without_an_edit(tmp_path, monkeypatch):
    def new(name, schema):
        return Artifact(
            f"docs/artifacts/wrds_panel/{name}", "wrds_panel", f"New {name}", "m:f", schema
        )

    panel = (new("errors.csv", "x"), new("plot.png", "png"), new("notes.json", "x"))
    monkeypatch.setattr(catalog, "FAMILIES", (*catalog.FAMILIES, *panel))
    monkeypatch.setattr(catalog, "ALL", (*catalog.ALL, *panel))
    monkeypatch.setattr(catalog, "REQUIRED", (*catalog.REQUIRED, *panel))
    table = pl.DataFrame({"day": ["2019-07-03"] * 50, "rmse": [0.125] * 50})
    table.write_csv(tmp_path / "errors.csv")
    with plotting.figure(tmp_path / "plot.png", 2, 1, "x"):
        pass
    (tmp_path / "notes.json").write_bytes(canonical_json({"seed": 7}))
    given = {artifact.path: tmp_path / artifact.path.rpartition("/")[2] for artifact in panel}
    text = written("wrds", tmp_path, given)
    page = readback.parse(text)
    assert "wrds_panel" in page.anchors
    assert "../wrds_panel/plot.png" in page.links
    assert "../wrds_panel/errors.csv.receipt.json" in page.links
    assert "The first 40 of 50 rows." in text
    assert text.count(">0.125<") == 40
    assert 'width="240" height="120"' in text  # of the picture, so that the page does not jump


def test_optional_artifacts_are_shown_where_they_are_and_named_where_not(tmp_path):
    text = written(plan.COMPARISONS, tmp_path)
    assert "<code>doit frontier</code> makes it" in text
    assert readback.parse(text).figures == []
    row = {"product": "american", "library": "QuantLib", "method": "m", "setting": "s"}
    numbers = {"options": 3, "failures": 0, "ns_per_option": 5.0, "spread": 0.0, "rms_error": 0.0}
    path = tmp_path / "peers.csv"
    pl.DataFrame([row | numbers]).write_csv(path)
    text = written(plan.COMPARISONS, tmp_path, {"docs/artifacts/peers/peers.csv": path})
    assert "not part of the pack" in text
    assert "<code>doit peers</code> makes it" not in text


def test_errors_are_drawn_model_by_model_and_never_added():
    cell = {"panel": "index", "tenor": "all", "moneyness": "all", "contracts": 30}
    rows = [
        {"period": period, "model": model, "rmse_volatility": error} | cell
        for model, error in (("heston", 0.01), ("ssvi", 0.02), ("svi_slices", 0.04))
        for period in ("in_sample", "out_of_sample")
    ]
    path = "docs/artifacts/wrds_sample/summary.csv"
    (drawn,) = charts.of_table(path, pl.DataFrame(rows))
    dots = re.findall(r'aria-label="volatility[^"]*: ([0-9.e+-]+); model: ([a-z ]+)', drawn.svg)
    assert {(m, float(v)) for v, m in dots} == {("heston", 1.0), ("ssvi", 2.0), ("svi slices", 4.0)}


def test_names_avoid_each_other_and_the_points():
    points = [(100.0, 100.0), (110.0, 101.0), (100.0, 300.0), (108.0, 300.0)]
    names = ["one method", "another", "third", "fourth"]
    places = labels.placed(points, names, points)
    boxes = [labels._box(*given) for given in zip(points, names, places, strict=True)]
    marks = [(x - 4.0, y - 4.0, x + 4.0, y + 4.0) for x, y in points]
    pairs = [(a, b) for n, a in enumerate(boxes) for b in (*boxes[n + 1 :], *marks)]
    assert all(labels._overlap(a, b) == 0.0 for a, b in pairs)
    naive = [labels._box(*given, labels.PLACES[0]) for given in zip(points, names, strict=True)]
    assert labels._overlap(naive[0], naive[1]) > 0.0


# --- narrow screens -----------------------------------------------------------------------------


def test_rows_that_are_stacked_tell_what_each_cell_is(tmp_path):
    text = written("convergence", tmp_path)
    for table in re.findall(r'<table class="stacked">.*?</table>', text, flags=re.S):
        heads = re.findall(r'<th scope="col">(.*?)</th>', table)
        assert table.count("<tr>") > 1
        for row in re.findall(r"<tr>(<th scope=\"row\".*?)</tr>", table):
            cells = re.findall(r"<td(?: data-label=\"([^\"]*)\")?[^>]*>(.*?)</td>", row)
            assert len(cells) == len(heads) - 1
            for (label, shown), head in zip(cells, heads[1:], strict=True):
                assert label == head or re.sub("<.*?>", "", shown) == head
    assert text.count('<table class="stacked">') > 0


# --- figures ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "none"),
        (True, "yes"),
        (1234567, "1,234,567"),
        (0.0, "0"),
        (0.12345678, "0.1235"),
        (-2.5e-13, "-2.500e-13"),
        (94577.85, "94,578"),
        (1e9, "1.000e+09"),
        (["a", 1], "a, 1"),
        ("2019-07-03", "2019-07-03"),
    ],
)
def test_values_are_rounded_for_people(value, text):
    assert figures.shown(value) == text


def test_every_figure_of_a_family_is_in_its_tables():
    family = {
        "status": "pass",
        "rows": 3,
        "empty": {},
        "by_product": {"a": {"worst": 1.0}, "b": {"worst": 2.0, "deep": {"x": 3}}},
        "share": {"plain": 0.5},
    }
    shown = {c.figure for b in figures.blocks("f", family) for row in b.rows for c in row}
    assert shown - {""} == {f"f.{name}" for name, _ in figures.leaves(family)}


def test_a_page_reads_back_as_it_was_written(tmp_path):
    page = readback.parse(written("convergence", tmp_path))
    values = dict(figures.leaves(summary_at_the_limits()))
    own = [name for name in values if plan.page_of(name.partition(".")[0]) == "convergence"]
    assert sorted(name for name, _, _ in page.figures) == sorted(own)
    for name, value, text in page.figures:
        assert json.loads(value) == values[name]
        assert text == figures.shown(values[name])


def test_equal_inputs_give_equal_bytes(tmp_path):
    assert written("convergence", tmp_path) == written("convergence", tmp_path)


# --- claims and lies ------------------------------------------------------------------------------


def test_claims_are_judged_by_their_limits():
    summary = summary_at_the_limits()
    assert {c.state for c in claims.claims(summary, BOUNDS)} == {claims.PASS}
    summary["pde_order"]["worst_shortfall"] = 1e9
    summary["instruction_counts"]["counted"] = False
    judged = {c.name: c for c in claims.claims(summary, BOUNDS)}
    assert judged["pde_order.worst_shortfall"].state == claims.FAIL
    uncounted = [c for c in judged.values() if c.family == "instruction_counts"]
    assert {c.state for c in uncounted} == {claims.UNCOUNTED}
    name = "ql_parity.products.heston.max_scaled_error"
    assert judged[name].receipt == "docs/artifacts/ql_parity/products/heston.parquet.receipt.json"


@pytest.fixture
def shown():
    """Pages that show a summary truly, without the rest of a page."""
    summary = summary_at_the_limits()
    read = {path: readback.Page() for path in check._PAGES}
    index = read[check._INDEX]
    for name, value in figures.leaves(summary):
        if "." in name:
            index.figures.append((name, json.dumps(value), figures.shown(value)))
    for claim in claims.claims(summary, BOUNDS):
        index.claims.append((claim.name, claim.state, str(claim.limit)))
    evidence = SimpleNamespace(bounds=BOUNDS)
    return index, lambda: [text for _, text in check.faults(read, summary, evidence)]


def test_a_true_report_is_accepted(shown):
    _, faults = shown
    assert faults() == []


@pytest.mark.parametrize(
    ("lie", "words"),
    [
        (lambda p: p.figures.__setitem__(0, (p.figures[0][0], "1e-30", "1.000e-30")), "says that"),
        (lambda p: p.figures.__setitem__(0, (*p.figures[0][:2], "0")), "shows 0 for"),
        (lambda p: p.figures.pop(), "no page shows"),
        (lambda p: p.figures.append(("ql_parity.flattery", "1", "1")), "does not have"),
        (
            lambda p: p.claims.__setitem__(0, (p.claims[0][0], "fail", p.claims[0][2])),
            "says 'fail'",
        ),
        (lambda p: p.claims.__setitem__(0, (*p.claims[0][:2], "1.0")), "the limit of"),
        (lambda p: p.claims.pop(), "says 'absent'"),
        (lambda p: p.claims.append(("ql_parity.flattery", "pass", "1.0")), "has no limit"),
        (lambda p: p.claims.append(p.claims[0]), "tells a claim twice"),
        (lambda p: p.links.append("../secret.csv"), "the pack does not hold"),
        (lambda p: p.links.append("#nowhere"), "no such place"),
        (lambda p: p.links.append("../../../../etc/passwd"), "the pack does not hold"),
    ],
)
def test_a_lie_about_a_figure_claim_or_link_is_refused(shown, lie, words):
    index, faults = shown
    lie(index)
    assert any(words in line for line in faults()), faults()


@pytest.mark.parametrize(
    ("markup", "words"),
    [
        ('<img src="https://x.org/a.png" alt="a">', "leaves the pack"),
        ('<script src="//x.org/a.js"></script>', "leaves the pack"),
        ('<a href="javascript:alert(1)">a</a>', "leaves the pack"),
        ('<p onclick="alert(1)">a</p>', "runs a script"),
        ('<img src="a.png">', "no alternative text"),
        ('<p id="a"></p><p id="a"></p>', "given twice"),
        ('<p class="a" class="b"></p>', "repeats an attribute"),
        ("<p><b></p>", "closes nothing"),
    ],
)
def test_a_page_that_fetches_or_is_broken_is_not_read(markup, words):
    with pytest.raises(EvidenceFault, match=words):
        readback.parse(HEAD + markup)


# --- provenance ---------------------------------------------------------------------------------


def receipt(path, run, started):
    return {
        "subject": [{"name": path, "digest": {"sha256": "0" * 64}}],
        "predicate": {
            "buildDefinition": {"internalParameters": {"build": "m:f"}, "resolvedDependencies": []},
            "runDetails": {
                "metadata": {"invocationId": run, "startedOn": started},
                "byproducts": [{"annotations": {"wall_seconds": 2.0, "peak_memory_bytes": 1e6}}],
            },
        },
    }


def test_artifacts_older_than_the_last_run_count_as_kept(tmp_path):
    chosen = {catalog.FAMILIES[0].path: ("old", "2026-01-01T00:00:00Z")}
    chosen |= {catalog.SUMMARY.path: ("new", "2026-01-02T00:00:00Z")}
    files = {}
    for number, (path, (run, started)) in enumerate(chosen.items()):
        files[path] = tmp_path / f"{number}.json"
        files[path].write_bytes(canonical_json(receipt(path, run, started)))
    rows = lineage.made(files)
    assert [row.kept for row in rows] == [True, False]
    drawn = lineage.graph(rows)
    assert "2.0 s · 0 made, 1 kept" in drawn
    assert 'href="parity.html#ql_parity"' in drawn


def test_the_graph_has_every_family_and_no_circle():
    edges = lineage.edges()
    families = {a.family for a in (*catalog.REQUIRED, catalog.GATE_REPORT)}
    assert families <= edges.keys()
    assert edges["report"][-1] != "metrics_gate"
    assert "report" in edges["metrics_gate"]


# --- colours ------------------------------------------------------------------------------------


def themes():
    """Colours by name of the light theme, the system's dark one and the chosen dark one."""
    blocks = re.findall(r"(:root[^{]*)\{([^}]*)\}", STYLE)
    found = [dict(re.findall(r"--([a-z0-9-]+):\s*(#[0-9a-f]{6})", body)) for _, body in blocks]
    return [theme for theme in found if theme]


def contrast(one, other):
    """Ratio of relative luminances, WCAG 2.2."""

    def luminance(colour):
        channels = [int(colour[place : place + 2], 16) / 255.0 for place in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_text_and_marks_stand_out_in_both_themes():
    light, dark, chosen = themes()
    assert dark == chosen
    assert light.keys() == dark.keys()
    for theme in (light, dark):
        for ground in ("page", "card", "shade"):
            for text in ("ink", "muted", "accent"):
                assert contrast(theme[text], theme[ground]) >= 4.5, (text, ground)
        for state in ("pass", "fail", "wait"):
            assert contrast(theme[state], theme[f"{state}-ground"]) >= 4.5, state
        assert contrast(theme["ink"], theme["plain-ground"]) >= 4.5
        for number in range(1, 9):
            assert contrast(theme[f"series-{number}"], theme["card"]) >= 3.0, number

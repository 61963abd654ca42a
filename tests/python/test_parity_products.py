"""Parity of all products: declared grid, verdicts, planted errors, what the gate says of them."""

import dataclasses
import math
import shutil
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from tasks.evidence import (
    catalog,
    parity_grid,
    parity_plots,
    parity_store,
    parity_summary,
    parity_tables,
    render,
    tables,
    tolerances,
)
from tasks.evidence.checks import parity as gate_check
from tasks.evidence.checks.evidence import Evidence
from tasks.evidence.code import code_closure
from tasks.evidence.faults import EvidenceFault
from tasks.evidence.parity_products import compare
from tasks.evidence.repository import ROOT

pytestmark = pytest.mark.fast

GRID = parity_grid.declared()
LIMITS = parity_grid.limits()
BARRIER = gate_check.PRODUCTS["barrier"].path
EVERY = pytest.mark.parametrize("name", GRID)


def silent(_done, _total):
    """Progress that nobody follows."""


def product(name):
    return compare.product_of(compare.module_of(name))


def few(name, count):
    """Some points of a product, spread over its fast grid."""
    points = parity_grid.points(GRID[name], "fast")
    return points[:: max(1, len(points) // count)][:count]


def frame(name, rows):
    return pl.DataFrame(rows, schema=parity_store.schema(GRID[name]), orient="row")


@pytest.fixture(scope="module")
def barrier():
    """The fast table of single barriers."""
    points = parity_grid.points(GRID["barrier"], "fast")
    return frame("barrier", compare.compare(product("barrier"), points, 1e-10, silent))


def evidence(root, table):
    bounds = tolerances.parse((root / catalog.TOLERANCES).read_bytes())
    return Evidence(root, (), "fast", "a" * 40, {BARRIER: table}, {}, bounds, ())


@pytest.fixture
def root(tmp_path):
    """A folder with grid, tolerances and plan that may be lied in."""
    for name in (parity_grid.PATH, catalog.TOLERANCES, render.PLAN):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


def said(root, table):
    return [str(finding) for finding in gate_check.check(evidence(root, table))]


def test_the_grid_is_as_large_and_as_wide_as_declared():
    assert tuple(GRID) == catalog.PARITY_PRODUCTS
    assert len(GRID) >= 15
    assert sum(entry.full for entry in GRID.values()) >= 50_000
    european = parity_grid.points(GRID["european"], "full")
    for name, edges in (("days", (1, 10950)), ("volatility", (0.01, 2.0)), ("rate", (-0.02, 0.1))):
        assert {min(p[name] for p in european), max(p[name] for p in european)} == set(edges)
    distances = {p["distance"] for p in parity_grid.points(GRID["barrier"], "full")}
    assert min(distances) < 0.0 < max(distances)
    assert 0.0 in distances


@EVERY
def test_full_points_hold_every_value_and_fast_ones_are_a_thinning(name):
    full, fast = (parity_grid.points(GRID[name], profile) for profile in ("full", "fast"))
    assert (len(full), len(fast)) == (GRID[name].full, GRID[name].fast)
    keys = [tuple(point.values()) for point in full]
    assert len(set(keys)) == len(keys)
    assert {tuple(point.values()) for point in fast} <= set(keys)
    for axis, values in GRID[name].axes:
        assert {point[axis] for point in full} == set(values), axis


def test_an_identity_is_that_of_grid_and_tolerance_not_of_words():
    entry = GRID["barrier"]
    same = parity_grid.identity(dataclasses.replace(entry, reason="other words"), 1e-10)
    assert same == parity_grid.identity(entry, 1e-10)
    (axis, values), *rest = entry.axes
    others = [
        parity_grid.identity(entry, 1e-9),
        parity_grid.identity(dataclasses.replace(entry, full=entry.full - 1), 1e-10),
        parity_grid.identity(dataclasses.replace(entry, axes=((axis, values[1:]), *rest)), 1e-10),
    ]
    assert len({same, *others}) == 4


TEXT = (ROOT / parity_grid.PATH).read_text()
BAD_GRIDS = [
    pytest.param("full = 8000", "full = 80000000", "no 80000000 can be kept", id="too-many"),
    pytest.param("full = 8000\n", "", "must have", id="missing"),
    pytest.param("values = [0.0, 5.0]", "values = [0.0, 0.0]", "repeated", id="repeated"),
    pytest.param("values = [0.0, 5.0]", "values = [0.0, inf]", "not finite", id="infinite"),
    pytest.param("values = [0.0, 5.0]", "values = [0, 5.0]", "all floats", id="mixed"),
    pytest.param('"rebate"]', '"rebat"]', "unknown axis rebat", id="axis"),
    pytest.param("[axis.rebate]", "[axes.rebate]", "must be axis and product", id="table"),
]


@pytest.mark.parametrize(("old", "new", "message"), BAD_GRIDS)
def test_a_malformed_grid_is_refused(old, new, message):
    assert old in TEXT
    with pytest.raises(ValueError, match=message):
        parity_grid.parse(TEXT.replace(old, new, 1).encode())


@EVERY
def test_no_product_loses_and_third_methods_agree_where_the_libraries_do(name):
    rows = compare.compare(product(name), few(name, 6), LIMITS[name], silent)
    assert {row["verdict"] for row in rows} <= {"agree", "strikeproof"}
    assert {row["quantity"] for row in rows} == set(GRID[name].quantities)
    agreed = [row for row in rows if row["verdict"] == "agree"][:3]
    for row in agreed:
        point = {column: row[column] for column in GRID[name].columns}
        third = float(product(name).third(product(name).contract(point), row["quantity"]))
        slack = 1e-4 if name.startswith("american") else LIMITS[name]  # the tree's own error
        assert compare.scaled(abs(row["strikeproof"] - third), third) <= slack, row


# What QuantLib is known to get wrong: a contract each, by product, and what it says instead.
KNOWN = [
    pytest.param(
        "spread",
        {"option_type": "put", "strike": -15.0, "spot2": 100.0, "days": 730, "volatility1": 0.2,
         "volatility2": 0.8, "correlation": 0.0, "rate": 0.0},
        14.0, id="Pearson's quadrature, negative strike",
    ),
    pytest.param(
        "double_barrier",
        {"double_type": "in", "option_type": "put", "moneyness": 1.6, "below": 0.01, "above": 0.15,
         "days": 1095, "volatility": 0.05, "rate": 0.03, "dividend_yield": 0.0},
        1.0, id="strike beyond a barrier",
    ),
    pytest.param(
        "variance_gamma",
        {"option_type": "call", "moneyness": 0.7, "days": 7, "volatility": 0.15, "rate": 0.03,
         "drift": -0.1, "variance_rate": 0.3},
        1.0, id="gamma time of a week",
    ),
    pytest.param(
        "volga",
        {"option_type": "call", "moneyness": 0.95, "days": 30, "volatility": 0.3, "rate": 0.03,
         "dividend_yield": 0.0},
        10.0, id="volga without the root of time",
    ),
    pytest.param(
        "american_negative",
        {"option_type": "call", "moneyness": 1.05, "days": 730, "volatility": 0.15, "rate": -0.02,
         "dividend_yield": -0.01},
        None, id="two boundaries: no answer",
    ),
    pytest.param(
        "barrier",
        {"barrier_type": "down_in", "option_type": "call", "moneyness": 0.95, "distance": -0.02,
         "days": 182, "volatility": 0.3, "rate": 0.03, "dividend_yield": 0.0, "rebate": 5.0},
        None, id="barrier passed: no answer",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("name", "point", "apart"), KNOWN)
def test_known_errors_of_quantlib_are_decided_against_it(name, point, apart):
    (row,) = compare.compare(product(name), [point], LIMITS[name], silent)
    assert row["verdict"] == "strikeproof"
    assert row["third_method"]
    if apart is None:
        assert row["quantlib"] is None
        assert row["quantlib_says"]
    else:
        assert abs(row["quantlib"] - row["third"]) > apart


def off(name, error):
    """The product with an error planted in every value of ours."""
    honest = product(name)
    return dataclasses.replace(
        honest,
        ours=lambda columns: {
            quantity: np.asarray(values) + error
            for quantity, values in honest.ours(columns).items()
        },
    )


def test_an_engine_that_is_off_by_a_millionth_loses_and_breaks_its_bound():
    rows = compare.compare(off("barrier", 1e-6), few("barrier", 40), 1e-10, silent)
    assert {row["verdict"] for row in rows} == {"quantlib"}
    figures = parity_summary.figures({"barrier": frame("barrier", rows)})
    bounds = tolerances.parse((ROOT / catalog.TOLERANCES).read_bytes())
    own = {n: b for n, b in bounds.items() if "library" in n or ".barrier." in n}
    faults = tolerances.breaches(own, {"ql_parity": figures})
    assert "ql_parity.library.strikeproof_errors = 40 exceeds its tolerance 0.5" in faults
    assert any("products.barrier.max_scaled_error = 1e-06 exceeds" in fault for fault in faults)


def test_an_error_planted_in_one_barrier_type_is_refused_by_the_gate(root, barrier):
    assert said(root, barrier) == []
    planted = pl.col("strikeproof") + pl.when(pl.col("barrier_type") == "up_in").then(
        1e-6
    ).otherwise(0)
    moved = barrier.with_columns(strikeproof=planted)
    path = root / "barrier.parquet"
    parity_store.save(moved, path)
    with pytest.raises(EvidenceFault, match="abs error is the difference: not so at row"):
        parity_store.read(path)
    faults = said(root, moved)
    assert any("priced anew" in fault for fault in faults)
    assert any("error in tolerances is not that of the values" in fault for fault in faults)


def test_the_gate_refuses_another_grid_or_tolerance_than_the_plan_names(root, barrier):
    grid = root / parity_grid.PATH
    grid.write_text(grid.read_text().replace("full = 8000", "full = 800", 1))
    (fault,) = said(root, barrier)
    assert "PLAN_OF_RECORD.md: barrier: grid and tolerance have digest" in fault
    shutil.copy(ROOT / parity_grid.PATH, grid)
    bounds = root / catalog.TOLERANCES
    tight = 'barrier.max_scaled_error"\nlimit = 1e-10'
    assert tight in bounds.read_text()
    bounds.write_text(bounds.read_text().replace(tight, tight.replace("1e-10", "1e-04"), 1))
    assert any("barrier: grid and tolerance have digest" in fault for fault in said(root, barrier))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        pytest.param(lambda t: t.slice(1), "missing grid key", id="missing"),
        pytest.param(lambda t: t.reverse(), "row order", id="order"),
        pytest.param(
            lambda t: t.with_columns(rebate=pl.col("rebate") + 1.0),
            "not in the grid",
            id="stranger",
        ),
        pytest.param(lambda t: t.drop("rebate"), "the grid declares", id="column"),
        pytest.param(
            lambda t: t.with_columns(quantlib=pl.col("strikeproof")), "identical to ours", id="copy"
        ),
        pytest.param(
            lambda t: t.with_columns(engine=pl.lit("QuantLib 1.0 Other")),
            "QuantLib 1.0",
            id="engine",
        ),
        pytest.param(
            lambda t: t.with_columns(third=pl.col("third") + 1e-3),
            "verdict is not that of the third value",
            id="third",
        ),
    ],
)
def test_the_gate_names_what_was_changed_in_a_table(root, barrier, change, message):
    assert any(message in fault for fault in said(root, change(barrier)))


def test_quantlib_is_not_asked_for_nonsense():
    contract = product("european").contract(few("european", 1)[0])
    for change in ({"volatility": -0.2}, {"time_to_expiry": 0.0}, {"rate": math.nan}):
        with pytest.raises(ValueError, match="correct the grid"):
            compare.checked(contract | change)


def test_what_is_not_finite_is_no_answer_and_the_third_method_decides():
    broken = dataclasses.replace(product("svi"), quantlib=lambda _: {"volatility": math.inf})
    (row,) = compare.compare(broken, few("svi", 1), 1e-10, silent)
    assert (row["quantlib"], row["abs_error"]) == (None, None)
    assert row["quantlib_says"] == "volatility is inf"
    assert row["verdict"] == "strikeproof"


def test_rows_do_not_depend_on_the_number_of_processes():
    points = few("svi", 60)
    calls = []
    one = compare.compare(product("svi"), points, 1e-14, silent)
    two = compare.compare(product("svi"), points, 1e-14, lambda *step: calls.append(step), 2)
    assert one == two
    assert calls[-1] == (60, 60)


def test_a_table_reads_back_and_its_bytes_are_the_same_twice(tmp_path, barrier):
    paths = [tmp_path / f"{name}.parquet" for name in ("one", "two")]
    for path in paths:
        parity_store.save(barrier, path)
        assert parity_store.read(path).equals(barrier)
    assert paths[0].read_bytes() == paths[1].read_bytes()


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        pytest.param("strikeproof", math.nan, "non-finite strikeproof", id="nan"),
        pytest.param("strikeproof", None, "blank cell in column strikeproof", id="blank"),
        pytest.param("verdict", "perhaps", "verdict is known", id="verdict"),
        pytest.param("verdict", "strikeproof", "a third value decides", id="no-third"),
        pytest.param("rel_error", 0.5, "rel error is the difference", id="relative"),
        pytest.param("quantlib_says", "no", "QuantLib's words stand", id="words"),
    ],
)
def test_a_cell_that_contradicts_the_others_is_named(tmp_path, barrier, column, value, message):
    agreed = barrier.filter(pl.col("verdict") == "agree")
    first = pl.int_range(pl.len()) == 0
    lied = agreed.with_columns(
        pl.when(first)
        .then(pl.lit(value))
        .otherwise(pl.col(column))
        .cast(agreed[column].dtype)
        .alias(column)
    )
    parity_store.save(lied, tmp_path / "lied.parquet")
    with pytest.raises(EvidenceFault, match=message):
        parity_store.read(tmp_path / "lied.parquet")


# Found by fuzzing: one byte of a table changed, on which Polars panics instead of raising an error.
def test_a_file_on_which_the_reader_panics_is_refused():
    with pytest.raises(EvidenceFault, match="not Parquet"):
        parity_store.read(ROOT / "tests/data/panics_polars.parquet")


def test_what_is_no_table_is_refused(tmp_path):
    path = tmp_path / "barrier.parquet"
    path.write_bytes(b"PAR1 or not")
    with pytest.raises(EvidenceFault, match="not Parquet"):
        parity_store.read(path)
    pl.DataFrame({"a": [1.0]}).write_parquet(path)
    with pytest.raises(EvidenceFault, match="must end in"):
        parity_store.read(path)


def test_summary_errors_and_plots_are_those_of_the_tables(tmp_path, barrier):
    inputs = {"barrier": tmp_path / "barrier.parquet"}
    parity_store.save(barrier, inputs["barrier"])
    makers = (parity_summary.write_summary, parity_summary.write_errors)
    makers += (parity_plots.write_heat_maps, parity_plots.write_distribution)
    made = [tmp_path / f"{maker.__name__}.out" for maker in makers]
    for maker, path in zip(makers, made, strict=True):
        maker(path, inputs=inputs, config={"profile": "fast"}, progress=silent)
    summary = tables.read_table(made[0], parity_tables.ParitySummary)
    errors = tables.read_table(made[1], parity_tables.QuantlibErrors)
    lost = int((barrier["verdict"] == "strikeproof").sum())
    assert summary["rows"].sum() == len(barrier)
    assert summary["quantlib_errors"].sum() == len(errors) == lost > 0
    figures = parity_summary.product_figures(barrier)
    assert summary["max_scaled_error"].max() == figures["max_scaled_error"] <= 1e-10
    assert (figures["points"], figures["strikeproof_errors"]) == (GRID["barrier"].fast, 0)
    assert all(path.read_bytes().startswith(b"\x89PNG") for path in made[2:])


def test_a_product_is_made_again_for_its_own_oracle_only():
    names = {
        path.relative_to(ROOT).as_posix()
        for path in code_closure(compare.module_of("barrier"), ROOT)
    }
    assert "tasks/evidence/oracles/barrier.py" in names
    assert "tasks/evidence/oracles/heston.py" not in names
    assert "tasks/evidence/parity_products/heston.py" not in names


def test_the_plan_names_every_product_with_its_identity():
    plan = (ROOT / render.PLAN).read_text()
    for name, entry in GRID.items():
        assert parity_grid.identity(entry, LIMITS[name]) in plan
    assert Path(ROOT / parity_grid.PATH).is_file()

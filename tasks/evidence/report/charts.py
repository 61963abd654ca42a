"""Charts of the tables that the report knows; a table of another shape is shown as a table only."""

from __future__ import annotations

import bisect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import altair as alt
import polars as pl

from tasks.evidence.report import convergence_charts, labels, look, plan
from tasks.evidence.report.claims import Claim
from tasks.evidence.report.look import BAD, HEAT, INK, MUTED, Picture

_WIDTH, _HEIGHT = 760, 360  # pixels of a panel of the frontier
_HEAT_BOUNDS = [1e-6, 1e-4, 1e-2, 0.1, 0.5, 1.0]  # of the tolerance
_HEAT_LABELS = ("to 1e-6", "to 1e-4", "to 0.01", "to 0.1", "to 0.5", "to 1", "above 1")


@dataclass(frozen=True, slots=True)
class Known:
    """A table with a chart: the end of its path, the columns that the chart needs, its caption."""

    ending: str
    columns: frozenset[str]
    caption: str
    draw: Callable[[pl.DataFrame], Any]


def _known(ending: str, columns: str, caption: str, draw: Callable[[pl.DataFrame], Any]) -> Known:
    return Known(ending, frozenset(columns.split()), caption, draw)


def of_table(path: str, frame: pl.DataFrame) -> Iterator[Picture]:
    """Charts of an artifact's table; none where its path or its columns are not known."""
    for known in KNOWN:
        if path.endswith(known.ending) and known.columns <= set(frame.columns) and len(frame):
            description = f"{known.caption} Drawn from {len(frame):,} rows of {path}."
            drawn = known.draw(frame.with_columns(pl.col(pl.String).str.replace_all("_", " ")))
            yield look.picture(drawn, known.caption, description, path)


def headroom(claims: list[Claim]) -> Picture | None:
    """Every bounded figure as a share of its limit, family by family."""
    rows = [
        {"claim": c.name, "family": plan.family_title(c.family), "share": max(c.used, 1e-8)}
        for c in claims
        if c.used is not None
    ]
    if not rows:
        return None
    frame = pl.DataFrame(rows)
    scale = alt.Scale(type="log", domain=[1e-8, 10.0], nice=False)
    ticks = alt.Axis(values=[1e-8, 1e-6, 1e-4, 1e-2, 1.0], format=".0e")
    x = alt.X("share:Q", scale=scale, title="share of the limit (1 = at the limit)", axis=ticks)
    base = alt.Chart(look.data(frame))
    dots = base.mark_point(filled=True, size=55, opacity=0.75).encode(
        x=x,
        y=alt.Y("family:N", sort=look.order(frame, "family"), title=None),
        color=alt.condition("datum.share > 1", alt.value(BAD), alt.value(look.SERIES[0])),
        tooltip=look.tip("claim:N", "family:N", "share:Q"),
    )
    rule = alt.Chart(look.of_rows([{"at": 1.0}])).mark_rule(
        color=BAD, strokeDash=[4, 3], strokeWidth=1.5
    )
    chart = (rule.encode(x=alt.X("at:Q")) + dots).properties(
        width=740, height=24 * frame["family"].n_unique()
    )
    caption = "How much of its limit every bounded figure takes up. Zeros stand at the left edge."
    return look.picture(chart, caption, f"{caption} {len(rows)} figures.")


def _heat_map(frame: pl.DataFrame) -> Any:
    """Largest error in units of the tolerance by product, moneyness and time to expiry."""
    name, errors = pl.col("moneyness"), frame["max_error_in_tolerances"].to_list()
    own = frame.with_columns(
        side=pl.when(name.str.starts_with("below"))
        .then(pl.lit("below"))
        .when(name.str.starts_with("above"))
        .then(pl.lit("above"))
        .when(name == "all")
        .then(pl.lit("all"))
        .otherwise(pl.lit("middle")),
        level=pl.Series([_HEAT_LABELS[bisect.bisect_left(_HEAT_BOUNDS, e)] for e in errors]),
    )
    products = look.order(own, "product")
    colour = alt.Color(
        "level:O",
        scale=alt.Scale(domain=list(_HEAT_LABELS), range=list(HEAT)),
        legend=alt.Legend(title="largest error / tolerance", orient="top", symbolType="square"),
    )
    fields = ("product:N", "moneyness:N", "time_to_expiry:N", "max_error_in_tolerances:Q")
    return (
        alt.Chart(look.data(own))
        .mark_rect(stroke="var(--card)", strokeWidth=1.5)
        .encode(
            x=alt.X(
                "side:N",
                sort=["below", "middle", "above", "all"],
                title=None,
                axis=alt.Axis(labelAngle=0, grid=False),
            ),
            y=alt.Y("product:N", sort=products, title=None),
            color=colour,
            tooltip=look.tip(*fields, "max_scaled_error:Q", "rows:Q", "quantlib_errors:Q"),
        )
        .properties(width=190, height=17 * len(products))
        .facet(
            column=alt.Column(
                "time_to_expiry:N", sort=look.order(own, "time_to_expiry"), title=None
            ),
            spacing=16,
        )
    )


def _verdicts(frame: pl.DataFrame) -> Any:
    """Rows where a third method decided against QuantLib, by product and engine."""
    counted = frame.group_by("product", "engine", maintain_order=True).agg(rows=pl.len())
    return (
        alt.Chart(look.data(counted))
        .mark_bar(color=look.SERIES[0], height=14)
        .encode(
            x=alt.X("rows:Q", title="rows that a third method decided"),
            y=alt.Y("product:N", sort="-x", title=None),
            tooltip=look.tip("product:N", "engine:N", "rows:Q"),
        )
        .properties(width=740)
    )


def _benchmarks(frame: pl.DataFrame) -> Any:
    """Nanoseconds per price of every benchmark with one thread, by engine; best batch and all."""
    single = frame.filter(pl.col("threads") == 1)
    fastest = single.group_by("engine").agg(pl.col("ns_per_price").min()).sort("ns_per_price")
    fields = ("name:N", "operation:N", "batch:Q", "ns_per_price:Q", "spread:Q")
    return (
        alt.Chart(look.data(single))
        .mark_point(filled=True, size=42, opacity=0.65, color=look.SERIES[0])
        .encode(
            x=look.powers("ns_per_price", single["ns_per_price"], "nanoseconds per price", alt.X),
            y=alt.Y("engine:N", sort=fastest["engine"].to_list(), title=None),
            tooltip=look.tip(*fields),
        )
        .properties(width=740, height=17 * len(fastest))
        .interactive(bind_y=False)
    )


def _instructions(frame: pl.DataFrame) -> Any:
    """Instructions of every kernel, by unit."""
    units = look.order(frame, "unit")
    sets = look.order(frame, "instruction_set")
    kernels = frame.sort("instructions")["kernel"].unique(maintain_order=True).to_list()
    picked = look.picking("instruction_set")
    return (
        alt.Chart(look.data(frame.drop_nulls("instructions")))
        .mark_point(filled=True, size=60)
        .encode(
            x=look.powers(
                "instructions", frame["instructions"].drop_nulls(), "instructions per unit", alt.X
            ),
            y=alt.Y("kernel:N", sort=kernels, title=None),
            color=look.colour("instruction_set", sets),
            shape=alt.Shape("unit:N", sort=units, title="unit"),
            opacity=look.faded(picked),
            tooltip=look.tip("kernel:N", "instruction_set:N", "unit:N", "instructions:Q"),
        )
        .properties(width=640, height=16 * len(kernels))
        .add_params(picked)
    )


def _smiles(frame: pl.DataFrame) -> Any:
    """Market volatilities and every model's fit, one panel per expiry."""
    models = look.order(frame, "model")
    picked = look.picking("model")
    base = alt.Chart(look.data(frame))
    x = alt.X("strike:Q", scale=alt.Scale(zero=False), title="strike", axis=alt.Axis(tickCount=4))
    y = alt.Y("fitted_volatility:Q", scale=alt.Scale(zero=False), title="volatility")
    fits = base.mark_line(strokeWidth=1.8).encode(
        x=x,
        y=y,
        color=look.colour("model", models),
        opacity=look.faded(picked),
        tooltip=look.tip("model:N", "expiry:N", "strike:Q", "fitted_volatility:Q"),
    )
    dots = base.mark_point(filled=True, size=26, color=INK, opacity=1.0).encode(
        x=x,
        y=alt.Y("market_volatility:Q"),
        tooltip=look.tip("expiry:N", "strike:Q", "market_volatility:Q"),
    )
    panels = (fits + dots).properties(width=180, height=140).add_params(picked)
    facet = alt.Facet("expiry:N", title=None)
    return panels.facet(facet=facet, columns=4).resolve_scale(x="shared", y="independent")


def _model_errors(frame: pl.DataFrame) -> Any:
    """Root mean square errors in volatility points by model and expiry."""
    models = look.order(frame, "model")
    points = frame.with_columns(points=100.0 * pl.col("rmse_volatility"))
    picked = look.picking("model")
    return (
        alt.Chart(look.data(points))
        .mark_line(point=alt.OverlayMarkDef(filled=True, size=45), strokeWidth=1.8)
        .encode(
            x=alt.X("expiry:O", title="expiry", axis=alt.Axis(labelAngle=-30)),
            y=look.powers("points", points["points"], "volatility points, root mean square"),
            color=look.colour("model", models),
            opacity=look.faded(picked),
            tooltip=look.tip("model:N", "expiry:N", "quotes:Q", "points:Q"),
        )
        .properties(width=780, height=300)
        .add_params(picked)
    )


def _buckets(frame: pl.DataFrame) -> Any:
    """Errors of every model by panel, tenor and period, of all moneyness: models stay apart."""
    own = frame.filter(pl.col("moneyness") == "all").with_columns(
        points=100.0 * pl.col("rmse_volatility"),
        # one word for both: a grid of facets would misplace cells where one is missing
        cell=pl.col("panel") + ", " + pl.col("tenor"),
    )
    models = own.group_by("model").agg(pl.col("points").mean()).sort("points")["model"].to_list()
    lines = alt.Chart(look.data(own))
    x = look.powers("points", own["points"], "volatility points, root mean square", alt.X)
    y = alt.Y("model:N", sort=models, title=None)
    between = lines.mark_line(color=MUTED, opacity=0.6).encode(x=x, y=y, detail="model:N")
    dots = lines.mark_point(filled=True, size=60, opacity=1.0).encode(
        x=x,
        y=y,
        color=look.colour("period", look.order(own, "period")),
        tooltip=look.tip("model:N", "cell:N", "period:N", "contracts:Q", "points:Q"),
    )
    panels = (between + dots).properties(width=230, height=150)
    tenors = sorted(look.ranked(own, "tenor"), key=lambda tenor: tenor == "all")
    names = own["panel"].unique(maintain_order=True)
    cells = [f"{name}, {tenor}" for name in names for tenor in tenors]
    facet = alt.Facet("cell:N", sort=cells, title=None)
    return panels.facet(facet=facet, columns=3, spacing=36)


def _frontier(frame: pl.DataFrame) -> Any:
    """Error against time of every method and setting: to the left is faster, down more exact."""
    libraries = look.order(frame, "library")
    picked = look.picking("library")
    panels = [
        _frontier_of(frame.filter((pl.col("product") == name) & (pl.col("rms_error") > 0.0)))
        .encode(color=look.colour("library", libraries), opacity=look.faded(picked))
        .properties(width=_WIDTH, height=_HEIGHT, title=name)
        for name in look.order(frame, "product")
    ]
    panels[0] = panels[0].add_params(picked)
    return alt.vconcat(*panels, spacing=24)


def _frontier_of(own: pl.DataFrame) -> Any:
    """One product: a line for each method, named at its most exact setting."""
    fields = ("library:N", "method:N", "setting:N", "ns_per_option:Q", "rms_error:Q", "failures:Q")
    x = look.powers("ns_per_option", own["ns_per_option"], "nanoseconds per option", alt.X)
    y = look.powers("rms_error", own["rms_error"], "error, root mean square")
    lines = (
        alt.Chart(look.data(own))
        .mark_line(point=alt.OverlayMarkDef(filled=True, size=55), strokeWidth=1.5)
        .encode(x=x, y=y, detail="method:N", order="ns_per_option:Q", tooltip=look.tip(*fields))
    )
    last = own.sort("rms_error").unique(["library", "method"], keep="first", maintain_order=True)
    written: dict[labels.Place, list[dict[str, Any]]] = {}
    for row, place in zip(last.iter_rows(named=True), _name_places(own, last), strict=True):
        written.setdefault(place, []).append(row)
    layers = [
        alt.Chart(look.data(pl.DataFrame(rows)))
        .mark_text(align=place.align, dx=place.dx, dy=place.dy, fontSize=10)
        .encode(x=x, y=y, text="method:N")
        for place, rows in written.items()
    ]
    return alt.layer(lines, *layers)


def _name_places(own: pl.DataFrame, last: pl.DataFrame) -> list[labels.Place]:
    """Where the names of the points `last` stand among the points `own`."""

    def places(frame: pl.DataFrame) -> list[tuple[float, float]]:
        columns = ("ns_per_option", "rms_error")
        across, up = (
            labels.pixels(frame[name].to_list(), look.decades(own[name]), size)
            for name, size in zip(columns, (_WIDTH, _HEIGHT), strict=True)
        )
        return [(x, _HEIGHT - y) for x, y in zip(across, up, strict=True)]

    return labels.placed(places(last), last["method"].to_list(), places(own))


KNOWN: tuple[Known, ...] = (
    _known(
        "/ql_parity_summary.csv",
        "product moneyness time_to_expiry max_error_in_tolerances max_scaled_error rows "
        "quantlib_errors",
        "Largest parity error by product, moneyness and time to expiry, in units of the tolerance.",
        _heat_map,
    ),
    _known(
        "/quantlib_errors.csv",
        "product engine",
        "Rows where a third method shows QuantLib to be wrong.",
        _verdicts,
    ),
    _known(
        "/benchmarks.csv",
        "name engine operation batch threads ns_per_price spread",
        "Nanoseconds per price with one thread; every dot is an operation and a batch size.",
        _benchmarks,
    ),
    _known(
        "/instruction_counts.csv",
        "kernel instruction_set unit instructions",
        "Instructions of every hot kernel per unit of work, counted by callgrind.",
        _instructions,
    ),
    _known(
        "/market_fit/fits.csv",
        "model expiry strike market_volatility fitted_volatility",
        "Market volatilities (dots) and every model's fit (lines), by expiry.",
        _smiles,
    ),
    _known(
        "/fits_by_expiry.csv",
        "model expiry quotes rmse_volatility",
        "Errors of the fits by model and expiry.",
        _model_errors,
    ),
    _known(
        "/wrds_sample/summary.csv",
        "panel period model tenor moneyness contracts rmse_volatility",
        "Errors of every model in and out of sample, by panel and tenor.",
        _buckets,
    ),
    _known(
        "/frontier.csv",
        "product library method setting ns_per_option rms_error failures",
        "The accuracy-cost frontier: further left is faster, further down more exact.",
        _frontier,
    ),
    *(_known(*entry) for entry in convergence_charts.KNOWN),
)

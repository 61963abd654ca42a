"""Charts of the convergence studies."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import altair as alt
import polars as pl

from tasks.evidence.report import look
from tasks.evidence.report.look import BAD, MUTED


def _agreement(frame: pl.DataFrame) -> Any:
    """Largest disagreement of every method, absolute, by product."""
    methods = look.order(frame, "method")
    own = frame.filter(pl.col("worst_absolute") > 0.0)
    picked = look.picking("method")
    fields = ("product:N", "method:N", "contracts:Q", "worst_absolute:Q", "worst_in_errors:Q")
    return (
        alt.Chart(look.data(own))
        .mark_point(filled=True, size=70)
        .encode(
            x=look.powers(
                "worst_absolute", own["worst_absolute"], "largest difference, spot of 100", alt.X
            ),
            y=alt.Y("product:N", sort=look.order(frame, "product"), title=None),
            color=look.colour("method", methods),
            opacity=look.faded(picked),
            tooltip=look.tip(*fields),
        )
        .properties(width=760, height=24 * len(look.order(frame, "product")))
        .add_params(picked)
    )


def _grid_errors(frame: pl.DataFrame) -> Any:
    """Error against points of the grid, by scheme, one panel per product."""
    own = frame.with_columns(size=pl.col("error").abs()).filter(pl.col("size") > 0.0)
    schemes = look.order(own, "scheme")
    picked = look.picking("scheme")
    panel = (
        alt.Chart(look.data(own))
        .mark_line(point=alt.OverlayMarkDef(filled=True, size=28), strokeWidth=1.6)
        .encode(
            x=alt.X(
                "points:Q",
                scale=alt.Scale(type="log", nice=False),
                title="grid points",
                axis=alt.Axis(values=[25, 50, 100, 200, 400, 800], format="d"),
            ),
            y=look.powers("size", own["size"], "error"),
            color=look.colour("scheme", schemes),
            opacity=look.faded(picked),
            tooltip=look.tip("product:N", "scheme:N", "points:Q", "steps:Q", "size:Q"),
        )
        .properties(width=186, height=140)
        .add_params(picked)
    )
    facet = alt.Facet("product:N", sort=look.order(own, "product"), title=None)
    return panel.facet(facet=facet, columns=4)


def _orders(frame: pl.DataFrame) -> Any:
    """Observed order with its interval beside the declared one."""
    schemes = look.order(frame, "scheme")
    own = frame.with_columns(
        low=pl.col("order") - pl.col("half_width"), high=pl.col("order") + pl.col("half_width")
    )
    base = alt.Chart(look.data(own))
    y = alt.Y("product:N", sort=look.order(own, "product"), title=None)
    offset = alt.YOffset("scheme:N", sort=schemes)
    fields = ("product:N", "scheme:N", "order:Q", "half_width:Q", "declared:Q")
    bars = base.mark_rule(strokeWidth=2).encode(
        x=alt.X("low:Q", title="order", scale=alt.Scale(zero=False)),
        x2="high:Q",
        y=y,
        yOffset=offset,
        color=look.colour("scheme", schemes),
    )
    dots = base.mark_point(filled=True, size=50).encode(
        x="order:Q",
        y=y,
        yOffset=offset,
        color=look.colour("scheme", schemes),
        tooltip=look.tip(*fields),
    )
    declared = base.mark_tick(color=BAD, thickness=2, size=12).encode(
        x="declared:Q", y=y, yOffset=offset, tooltip=look.tip(*fields)
    )
    return (bars + declared + dots).properties(
        width=760, height=26 * len(look.order(own, "product"))
    )


def _coverage(frame: pl.DataFrame) -> Any:
    """Share of intervals that hold the truth, with its own interval."""
    methods = look.order(frame, "method")
    base = alt.Chart(look.data(frame))
    y = alt.Y("product:N", sort=look.order(frame, "product"), title=None)
    offset = alt.YOffset("method:N", sort=methods)
    colour = look.colour("method", methods)
    fields = ("product:N", "method:N", "seeds:Q", "coverage:Q", "low:Q", "high:Q", "verdict:N")
    span = base.mark_rule(strokeWidth=2).encode(
        x=alt.X("low:Q", title="intervals that hold the truth", scale=alt.Scale(zero=False)),
        x2="high:Q",
        y=y,
        yOffset=offset,
        color=colour,
    )
    dots = base.mark_point(filled=True, size=40).encode(
        x="coverage:Q", y=y, yOffset=offset, color=colour, tooltip=look.tip(*fields)
    )
    nominal = (
        alt.Chart(look.of_rows([{"nominal": 0.95}]))
        .mark_rule(color=MUTED, strokeDash=[4, 3])
        .encode(x="nominal:Q")
    )
    return (nominal + span + dots).properties(
        width=760, height=38 * len(look.order(frame, "product"))
    )


def _efficiency(frame: pl.DataFrame) -> Any:
    """Relative error against wall time, one panel per product."""
    methods = look.order(frame, "method")
    own = frame.filter(pl.col("relative_rmse") > 0.0)
    picked = look.picking("method")
    fields = ("product:N", "method:N", "paths:Q", "median_seconds:Q", "relative_rmse:Q")
    panel = (
        alt.Chart(look.data(own))
        .mark_line(point=alt.OverlayMarkDef(filled=True, size=30), strokeWidth=1.6)
        .encode(
            x=look.powers("median_seconds", own["median_seconds"], "seconds", alt.X),
            y=look.powers("relative_rmse", own["relative_rmse"], "relative error"),
            color=look.colour("method", methods),
            opacity=look.faded(picked),
            tooltip=look.tip(*fields),
        )
        .properties(width=186, height=140)
        .add_params(picked)
    )
    facet = alt.Facet("product:N", sort=look.order(own, "product"), title=None)
    return panel.facet(facet=facet, columns=4)


def _bias(frame: pl.DataFrame) -> Any:
    """Largest bias over strikes against steps a year, one panel per set of parameters."""
    own = (
        frame.with_columns(size=pl.col("bias").abs())
        .group_by("case", "scheme", "steps_per_year", maintain_order=True)
        .agg(pl.col("size").max())
        .filter(pl.col("size") > 0.0)
    )
    schemes = look.order(own, "scheme")
    picked = look.picking("scheme")
    panel = (
        alt.Chart(look.data(own))
        .mark_line(point=alt.OverlayMarkDef(filled=True, size=36), strokeWidth=1.6)
        .encode(
            x=alt.X("steps_per_year:Q", scale=alt.Scale(type="log", base=2), title="steps a year"),
            y=look.powers("size", own["size"], "largest bias"),
            color=look.colour("scheme", schemes),
            opacity=look.faded(picked),
            tooltip=look.tip("case:N", "scheme:N", "steps_per_year:Q", "size:Q"),
        )
        .properties(width=186, height=150)
        .add_params(picked)
    )
    return panel.facet(facet=alt.Facet("case:N", title=None), columns=4)


def _variance(frame: pl.DataFrame) -> Any:
    """How many times less variance a path leaves, by product and method."""
    methods = look.order(frame, "method")
    picked = look.picking("method")
    fields = ("product:N", "method:N", "variance_ratio:Q", "ratio_low:Q", "ratio_high:Q")
    return (
        alt.Chart(look.data(frame))
        .mark_point(filled=True, size=70)
        .encode(
            x=look.powers(
                "variance_ratio", frame["variance_ratio"], "plain variance / variance", alt.X
            ),
            y=alt.Y("product:N", sort=look.order(frame, "product"), title=None),
            color=look.colour("method", methods),
            opacity=look.faded(picked),
            tooltip=look.tip(*fields, "efficiency:Q"),
        )
        .properties(width=760, height=26 * len(look.order(frame, "product")))
        .add_params(picked)
    )


# End of the path, columns, caption, chart.
KNOWN: tuple[tuple[str, str, str, Callable[[pl.DataFrame], Any]], ...] = (
    (
        "/method_agreement/by_product.csv",
        "product method contracts worst_absolute worst_in_errors",
        "Largest difference of every method from its reference, by product.",
        _agreement,
    ),
    (
        "/pde_order/errors.csv",
        "product scheme points steps error",
        "Errors of the finite-difference engines on nested grids.",
        _grid_errors,
    ),
    (
        "/pde_order/orders.csv",
        "product scheme order half_width declared",
        "Observed orders with their intervals; the red mark is the declared order.",
        _orders,
    ),
    (
        "/mc_coverage/coverage.csv",
        "product method seeds coverage low high verdict",
        "Intervals of 95 % that hold the exact value; the dashed line is 95 %.",
        _coverage,
    ),
    (
        "/qmc_efficiency/efficiency.csv",
        "product method paths median_seconds relative_rmse",
        "Relative error against wall time, by product and method.",
        _efficiency,
    ),
    (
        "/heston_scheme_bias/bias.csv",
        "case scheme steps_per_year bias",
        "Largest bias over all strikes against steps a year, by model and scheme.",
        _bias,
    ),
    (
        "/variance_reduction/variance_reduction.csv",
        "product method variance_ratio ratio_low ratio_high efficiency",
        "How many times less variance a path leaves than plain simulation.",
        _variance,
    ),
)

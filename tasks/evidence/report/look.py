"""One look for all charts: colours are names of style properties, so that one picture suits all.

Vega passes fixed colours through to the SVG as they are; ``var(--series-1)`` is then resolved by
the page's style sheet, on paper and in the dark as well.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, cast

import altair as alt
import polars as pl
import vl_convert

VEGA_LITE = ".".join(alt.SCHEMA_VERSION.lstrip("v").split(".")[:2])
SERIES = tuple(f"var(--series-{n})" for n in range(1, 9))
HEAT = tuple(f"var(--heat-{n})" for n in range(7))
INK, MUTED, LINE, BAD, GOOD = (
    f"var(--{name})" for name in ("ink", "muted", "line", "fail", "pass")
)
_DIGITS = 6  # of data in charts: more cannot be seen
_FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif"


@dataclass(frozen=True, slots=True)
class Picture:
    """A chart as it goes into a page: SVG for everyone, a specification for who can run it."""

    caption: str
    description: str
    svg: str
    spec: str
    source: str = ""  # path of the artifact that it shows


def data(frame: pl.DataFrame) -> alt.Data:
    """Rows of a table as data of a chart, rounded to what can be seen."""
    rows = [{k: _rounded(v) for k, v in row.items()} for row in frame.iter_rows(named=True)]
    return of_rows(rows)


def of_rows(rows: list[dict[str, Any]]) -> alt.Data:
    """Rows as data of a chart."""
    return cast(alt.Data, cast(Any, alt.Data)(values=rows))


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return float(f"{value:.{_DIGITS}g}") if math.isfinite(value) else None
    return value if isinstance(value, bool | int | str | None) else str(value)


def colour(field: str, names: Sequence[str], title: str | None = None) -> alt.Color:
    """Colour by a named field in the order of `names`."""
    own = [SERIES[n % len(SERIES)] for n in range(len(names))]
    scale = alt.Scale(domain=list(names), range=own)
    return alt.Color(f"{field}:N", scale=scale, title=title or field.replace("_", " "))


def picking(field: str) -> alt.Parameter:
    """Selection of series by a click on the legend."""
    return alt.selection_point(fields=[field], bind="legend", name="picked")


def faded(picked: alt.Parameter) -> Any:
    """Opacity that leaves the picked series standing out."""
    return alt.condition(picked, alt.value(1.0), alt.value(0.12))


def tip(*fields: str) -> list[alt.Tooltip]:
    """Lines of the box under the pointer; a field ending in ``:Q`` shows five digits."""
    return [
        alt.Tooltip(
            field,
            title=field.partition(":")[0].replace("_", " "),
            format=".5~g" if field.endswith(":Q") else alt.Undefined,
        )
        for field in fields
    ]


def order(frame: pl.DataFrame, column: str) -> list[Any]:
    """Values of a column in the order in which they first appear."""
    return frame[column].unique(maintain_order=True).to_list()


def ranked(frame: pl.DataFrame, column: str) -> list[Any]:
    """Names of buckets from low to high: those "to" or "below" first, "over" or "above" last."""

    def rank(name: str) -> tuple[int, str]:
        low, high = name.startswith(("to ", "below")), name.startswith(("over", "above"))
        return 0 if low else 2 if high else 1, name

    return sorted(order(frame, column), key=rank)


def decades(values: Iterable[float]) -> list[float]:
    """Bounds of a logarithmic axis: the powers of ten around positive values."""
    positive = [value for value in values if value > 0.0]
    if not positive:
        return [0.1, 1.0]
    low, high = math.floor(math.log10(min(positive))), math.ceil(math.log10(max(positive)))
    return [10.0**low, 10.0 ** max(high, low + 1)]


def powers(field: str, values: Iterable[float], title: str, axis: type = alt.Y, **more: Any) -> Any:
    """Logarithmic axis of whole decades, at most six of them labelled."""
    low, high = decades(values)
    first, last = round(math.log10(low)), round(math.log10(high))
    step = max(1, math.ceil((last - first) / 6))
    ticks = [10.0**n for n in range(first, last + 1, step)]
    scale = alt.Scale(type="log", domain=[low, high], nice=False)
    marks = alt.Axis(values=ticks, format=".0e", labelFlush=False)
    return axis(f"{field}:Q", scale=scale, title=title, axis=marks, **more)


def picture(chart: Any, caption: str, description: str, source: str = "") -> Picture:
    """The chart in the common look, drawn."""
    chart = (
        chart.configure(background="transparent", font=_FONT)
        .configure_view(stroke=None)
        .configure_axis(
            domainColor=LINE,
            gridColor=LINE,
            gridOpacity=0.7,
            labelColor=MUTED,
            labelFontSize=11,
            labelLimit=270,
            tickColor=LINE,
            titleColor=INK,
            titleFontSize=12,
            titleFontWeight="normal",
            titlePadding=8,
        )
        .configure_header(
            labelColor=INK, labelFontSize=12, titleColor=MUTED, titleFontWeight="normal"
        )
        .configure_legend(
            labelColor=INK,
            labelFontSize=12,
            labelLimit=240,
            titleColor=MUTED,
            titleFontSize=12,
            titleFontWeight="normal",
            orient="top",
            symbolBaseFillColor=MUTED,
            symbolBaseStrokeColor=MUTED,
            symbolStrokeWidth=2,
        )
        .configure_title(color=INK, anchor="start")
    )
    spec = json.dumps(chart.to_dict(), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    svg = vl_convert.vegalite_to_svg(spec, vl_version=VEGA_LITE)
    return Picture(caption, description, svg, spec.replace("</", "<\\/"), source)

"""The comparison with other packages for people: headline ratios, tables, picture."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import polars as pl

from tasks.evidence import optional_tables, plotting, tables
from tasks.evidence.peers import plan
from tasks.evidence.peers.plan import OURS
from tasks.evidence.progress import Progress


def headlines(frame: pl.DataFrame) -> list[dict[str, Any]]:
    """For each question and number of threads: our time, the fastest peer, the fastest sound one.

    Sound is a peer without failures. The ratio is the peer's time over ours: above 1
    we are faster.
    """
    found = []
    measured = frame.filter(pl.col("note").is_null())
    for key, rows in measured.group_by("work", "quote_set", "threads", maintain_order=True):
        ours = rows.filter(pl.col("package") == OURS)
        if ours.is_empty():
            continue
        peers = rows.filter(pl.col("package") != OURS).sort("ns_per_option")
        line: dict[str, Any] = dict(zip(("work", "quote_set", "threads"), key, strict=True))
        line["ns_per_option"] = ours["ns_per_option"][0]
        for name, chosen in (
            ("fastest", peers),
            ("sound", peers.filter(pl.col("failures") == 0)),
        ):
            if not chosen.is_empty():
                time = chosen["ns_per_option"][0]
                line[name] = chosen["package"][0]
                line[f"{name}_ns"] = time
                line[f"{name}_ratio"] = time / line["ns_per_option"]
        found.append(line)
    return found


def render(frame: pl.DataFrame) -> str:
    """Markdown of the comparison, ending in a newline."""
    titles = plan.titles()
    lines = [
        "# strikeproof beside other packages",
        "",
        "One interleaved run on one machine; times are nanoseconds per option as seen from Python,",
        f"medians of {frame['rounds'].max()!r} rounds. Errors are relative to exact values,",
        "with 60 digits for European options; a failure is a result that is not finite or off by",
        f"more than {plan.FAILURE:g}, for Monte Carlo and calibration {plan.LOOSE_FAILURE:g}. The",
        "truth of American options is good to about 1e-6. QuantLib's products are built outside",
        "the timed part. A ratio above 1 means that strikeproof is faster.",
        "",
        "| question | threads | strikeproof, ns | fastest peer | ns | ratio "
        "| fastest without failures | ns | ratio |",
        "|---|---:|---:|---|---:|---:|---|---:|---:|",
    ]
    for line in headlines(frame):
        cells = [titles[line["work"], line["quote_set"]], line["threads"], line["ns_per_option"]]
        for name in ("fastest", "sound"):
            cells += [line.get(name), line.get(f"{name}_ns"), line.get(f"{name}_ratio")]
        lines.append(_line(cells))
    for question, title in titles.items():
        lines += ["", f"## {title}", "", *_table(frame, question)]
    return "\n".join(lines) + "\n"


def _table(frame: pl.DataFrame, question: tuple[str, str]) -> Iterator[str]:
    columns = (
        *(
            "package",
            "version",
            "threads",
            "ns_per_option",
            "spread",
            "rows",
            "failures",
            "judged_rows",
        ),
        *("max_relative_error", "median_relative_error"),
    )
    yield "| " + " | ".join(name.replace("_", " ") for name in columns) + " |"
    yield "|---|---" + "|---:" * (len(columns) - 2) + "|"
    work, quotes = question
    rows = frame.filter((pl.col("work") == work) & (pl.col("quote_set") == quotes))
    order = rows.sort("threads", "ns_per_option", nulls_last=True, maintain_order=True)
    for row in order.filter(pl.col("note").is_null()).iter_rows(named=True):
        yield _line([row[name] for name in columns])
    absent = order.filter(pl.col("note").is_not_null())
    noted = absent.group_by("package", "note", maintain_order=True).agg("threads")
    if not noted.is_empty():
        yield ""
    for package, note, threads in noted.iter_rows():
        where = "" if len(threads) > 1 else f" ({threads[0]} threads)"
        yield f"* {package}{where}: {note}"


def _line(cells: list[Any]) -> str:
    return "| " + " | ".join(map(_cell, cells)) + " |"


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        small = value != 0.0 and abs(value) < 1e-3
        return f"{value:.1e}" if small else f"{value:,.0f}" if value >= 1000.0 else f"{value:.3g}"
    return str(value)


def write_peers_text(
    output: Path,
    *,
    inputs: Mapping[str, Path],
    config: Mapping[str, Any],  # noqa: ARG001 - one signature for all makers
    progress: Progress,
) -> None:
    """Write the Markdown of the table at ``inputs["table"]``."""
    frame = tables.read_table(inputs["table"], optional_tables.PeersTable)
    output.write_text(render(frame), encoding="utf-8")
    progress(1, 1)


def write_peers_plot(
    output: Path,
    *,
    inputs: Mapping[str, Path],
    config: Mapping[str, Any],  # noqa: ARG001 - one signature for all makers
    progress: Progress,
) -> None:
    """Write the picture of the table at ``inputs["table"]``: one panel a question."""
    frame = tables.read_table(inputs["table"], optional_tables.PeersTable)
    questions = [q for q in plan.QUESTIONS if not _measured(frame, q).is_empty()]
    lines = (len(questions) + 1) // 2
    title = "Nanoseconds per option from Python, and the worst relative error"
    with plotting.figure(output, 14.0, 0.8 + 3.1 * lines, title) as drawn:
        panels = drawn.subplots(lines, 2, squeeze=False).ravel()
        for axes, question in zip(panels, questions, strict=False):
            _draw(axes, _measured(frame, question), plan.titles()[question])
        for axes in panels[len(questions) :]:
            axes.set_axis_off()
            _legend(axes)
        if len(questions) == len(panels):
            _legend(panels[0])
    progress(1, 1)


def _measured(frame: pl.DataFrame, question: tuple[str, str]) -> pl.DataFrame:
    work, quotes = question
    mine = (pl.col("work") == work) & (pl.col("quote_set") == quotes)
    return frame.filter(mine & pl.col("note").is_null())


def _draw(axes: Any, rows: pl.DataFrame, title: str) -> None:
    """Packages from fastest to slowest on one thread; a bar each, a ring for two threads."""
    single = rows.filter(pl.col("threads") == 1).sort("ns_per_option")
    names = single["package"].to_list()
    times = single["ns_per_option"].to_numpy()
    colours = [plotting.ORANGE if name == OURS else plotting.BLUE for name in names]
    place = list(range(len(names)))
    least = 0.4 * rows["ns_per_option"].min()  # type: ignore[operator] # a column of floats
    axes.barh(place, times - least, left=least, height=0.62, color=colours)
    several = rows.filter(pl.col("threads") > 1)
    on_two = dict(several.select("package", "ns_per_option").iter_rows())
    for row, record in enumerate(single.iter_rows(named=True)):
        time, other = record["ns_per_option"], on_two.get(record["package"])
        if other is not None:
            axes.plot(other, row, "o", mfc="white", mec="#30343b", ms=6)
        end = max(time, other or 0.0)
        place_text = {"textcoords": "offset points", "xytext": (7, 0), "va": "center"}
        axes.annotate(_label(time, record), (end, row), fontsize=8, **place_text)
    axes.set(xscale="log", xlim=(least, 60.0 * times.max()), xlabel="ns")
    axes.set_yticks(place, names)
    for tick, name in zip(axes.get_yticklabels(), names, strict=True):
        tick.set_fontweight("bold" if name == OURS else "normal")
    axes.invert_yaxis()
    axes.grid(visible=False, axis="y")
    axes.set_title(title)


def _label(time: float, record: Mapping[str, Any]) -> str:
    text = f"{time:,.0f} ns" if time >= 100.0 else f"{time:.3g} ns"
    if time >= 1e6:
        text = f"{time / 1e6:.3g} ms"
    error = record["max_relative_error"]
    text += "" if error is None else f", error {error:.0e}"
    if record["failures"]:
        part = 100.0 * record["failures"] / record["judged_rows"]
        text += f", {part:.0f} % fail" if part >= 10.0 else f", {part:.2g} % fail"
    return text


def _legend(axes: Any) -> None:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    axes.legend(
        handles=[
            Patch(color=plotting.ORANGE, label=f"{OURS}, one thread"),
            Patch(color=plotting.BLUE, label="peer, one thread"),
            Line2D([], [], marker="o", mfc="white", mec="#30343b", ls="", label="two threads"),
        ],
        loc="center" if not axes.axison else "lower right",
        fontsize=11 if not axes.axison else 8,
    )

"""Tables of the comparison page, from the measurements kept in docs/site/data.

`doit peers` and `doit frontier` measured them, ``python docs/site/measured.py`` took them over from
docs/artifacts; data/origin.json says on what, when and at which commit. The page shows every
question, and apart from the rest each in which another package was faster, more accurate or failed
less: nothing is chosen by hand.
"""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import polars as pl

from tasks.evidence import optional_tables, tables
from tasks.evidence.digest import sha256_file
from tasks.evidence.peers import plan, report

SITE = Path(__file__).resolve().parent
DATA = SITE / "data"
OURS = plan.OURS
# What of a row is better when it is less, and from which factor it is more than noise.
_BETTER = {
    "ns_per_option": ("faster", 1.1),
    "failures": ("fewer failures", 1.0),
    "max_relative_error": ("smaller largest error", 2.0),
    "median_relative_error": ("smaller median error", 2.0),
}
_SAMPLED = ("monte_carlo",)  # one draw's error: no ranking


def better_elsewhere(peers: pl.DataFrame) -> list[tuple[str, str, str, float, float]]:
    """Question, package, in what it is better, its figure and ours; one thread beside one."""
    found = []
    rows = peers.filter(pl.col("note").is_null() & (pl.col("threads") == 1))
    for (work, quotes), title in plan.titles().items():
        asked = rows.filter((pl.col("work") == work) & (pl.col("quote_set") == quotes))
        ours = asked.filter(pl.col("package") == OURS)
        for peer in asked.filter(pl.col("package") != OURS).iter_rows(named=True):
            for column, (words, factor) in _BETTER.items():
                mine, theirs = ours[column].item(), peer[column]
                drawn = work in _SAMPLED and "error" in column
                if mine is None or theirs is None or drawn:
                    continue
                if theirs < mine and theirs * factor <= mine:
                    found.append((title, peer["package"], words, theirs, mine))
    return found


def cheaper_methods(frontier: pl.DataFrame) -> list[tuple[str, str, str, float, float]]:
    """Methods of both libraries at one setting of which the other library's takes less time."""
    keys = ["product", "method", "setting"]
    ours = frontier.filter(pl.col("library") == OURS)
    theirs = frontier.filter(pl.col("library") != OURS)
    both = ours.join(theirs, on=keys, suffix="_theirs").sort(keys)
    cheaper = both.filter(pl.col("ns_per_option_theirs") < pl.col("ns_per_option"))
    return [
        (
            f"{row['product'].capitalize()}, {row['method']}"
            + ("" if row["setting"] == "0" else f", {row['setting']}"),
            row["library_theirs"],
            f"faster, error {row['rms_error_theirs']:.1e} beside {row['rms_error']:.1e}",
            row["ns_per_option_theirs"],
            row["ns_per_option"],
        )
        for row in both.join(cheaper.select(keys), on=keys, how="semi").iter_rows(named=True)
    ]


def figure(value: float) -> str:
    """A figure for people: three digits."""
    small = value != 0.0 and abs(value) < 1e-3
    return f"{value:.1e}" if small else f"{value:,.0f}" if value >= 1000.0 else f"{value:.3g}"


def table(header: tuple[str, ...], rows: list[tuple[str | float, ...]]) -> str:
    """A Markdown table."""
    numbers = [all(isinstance(row[n], float | int) for row in rows) for n in range(len(header))]
    rule = "".join("|---:" if number else "|---" for number in numbers) + "|"
    lines = ["| " + " | ".join(header) + " |", rule]
    for row in rows:
        cells = [figure(cell) if isinstance(cell, float | int) else cell for cell in row]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def sections(folder: Path = DATA) -> dict[str, str]:
    """What stands in place of each ``{{name}}`` of the page."""
    peers = tables.read_table(folder / "peers.csv", optional_tables.PeersTable)
    frontier = tables.read_table(folder / "frontier.csv", optional_tables.Frontier)
    origin = json.loads((folder / "origin.json").read_text(encoding="utf-8"))
    header = ("question", "package", "there", "its figure", "ours")
    titles = plan.titles()
    speed = [
        (
            titles[line["work"], line["quote_set"]],
            line["ns_per_option"],
            line["fastest"],
            line["fastest_ns"],
            line.get("sound", "none"),
            line.get("sound_ns", ""),
        )
        for line in report.headlines(peers)
        if line["threads"] == 1
    ]
    machine = origin["machine"]
    return {
        "better": table(header, better_elsewhere(peers) + cheaper_methods(frontier)),
        "speed": table(
            ("question", "ours, ns", "fastest peer", "ns", "fastest without failures", "ns"), speed
        ),
        "packages": ", ".join(
            f"{package} {version}"
            for package, version in peers.filter(pl.col("note").is_null())
            .select("package", "version")
            .unique(maintain_order=True)
            .iter_rows()
        ),
        "origin": f"{machine['processor']}, {origin['peers']['day']}, "
        f"commit {origin['peers']['commit'][:7]}",
    }


def filled(text: str) -> str:
    """The page with its tables."""
    found = sections()
    return re.sub(r"\{\{(\w+)\}\}", lambda name: found[name[1]], text)


def keep(artifacts: Path, data: Path) -> None:
    """Take the measurements over from a folder of artifacts, with what their receipts say."""
    manifest = json.loads((artifacts / "manifest.json").read_text(encoding="utf-8"))
    origin = {"machine": manifest["machine"]}
    for name in ("peers", "frontier"):
        table = artifacts / name / f"{name}.csv"
        receipt = json.loads(Path(f"{table}.receipt.json").read_text(encoding="utf-8"))
        run = receipt["predicate"]["runDetails"]
        origin[name] = {
            "artifact": f"docs/artifacts/{name}/{name}.csv",
            "made_by": f"doit {name}",
            "commit": run["byproducts"][0]["annotations"]["commit"],
            "day": run["metadata"]["startedOn"][:10],
            "sha256": sha256_file(table),
        }
        shutil.copyfile(table, data / table.name)
    text = json.dumps(origin, indent=2, sort_keys=True)
    (data / "origin.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    keep(SITE.parent / "artifacts", DATA)

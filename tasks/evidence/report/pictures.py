"""Pictures of the README: ``python -m tasks.evidence.report.pictures [FOLDER]``.

Drawn from artifacts as they lie in docs/artifacts, into docs/pictures; origin.json there names the
artifact of each picture and the digests of both.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import polars as pl
from matplotlib.figure import Figure

from tasks.evidence import catalog, plotting
from tasks.evidence.digest import canonical_json, sha256_file
from tasks.evidence.repository import ROOT

FOLDER = "docs/pictures"
ORIGIN = "origin.json"
_OURS = "strikeproof"
_PANELS = {"american": "American puts", "heston": "Heston calls", "barrier": "Down-and-out calls"}
_EXPIRIES = ("2002-07-19", "2002-09-20", "2003-06-13")
_MODELS = {
    "black_scholes": ("Black-Scholes", plotting.GREY, ":"),
    "heston": ("Heston", plotting.ORANGE, "-"),
    "essvi": ("eSSVI", plotting.GREEN, "--"),
    "svi": ("SVI", plotting.BLUE, "-"),
}
_TERMS = ("to 30 days", "to 1 year", "to 5 years", "over 5 years")


def frontier(drawn: Figure, frame: pl.DataFrame) -> None:
    """Error against time by one thread: every method of both libraries."""
    for axes, (product, title) in zip(drawn.subplots(1, 3), _PANELS.items(), strict=True):
        rows = frame.filter(pl.col("product") == product)
        for (library, _method), points in rows.group_by("library", "method", maintain_order=True):
            ours = library == _OURS
            ordered = points.sort("ns_per_option")
            axes.plot(
                ordered["ns_per_option"] / 1e3,
                np.maximum(ordered["rms_error"], 1e-16),
                "o-" if ours else "s--",
                color=plotting.BLUE if ours else plotting.ORANGE,
                markersize=5 if ours else 4,
                linewidth=1.2,
                zorder=3 if ours else 2,
            )
        axes.set(xscale="log", yscale="log", xlabel="microseconds an option", title=title)
    first = drawn.axes[0]
    first.set_ylabel("root mean square error")
    for name, mark, colour in (
        (_OURS, "o-", plotting.BLUE),
        ("QuantLib", "s--", plotting.ORANGE),
    ):
        first.plot([], [], mark, color=colour, label=name)
    drawn.legend(loc="outside lower center", ncols=2)


def parity(drawn: Figure, frame: pl.DataFrame) -> None:
    """Largest difference of every product by term, and where QuantLib is wrong."""
    products = frame["product"].unique(maintain_order=True).to_list()
    terms = [term for term in _TERMS if term in frame["time_to_expiry"].unique().to_list()]
    cells = np.full((len(terms), len(products)), np.nan)
    axes = drawn.subplots()
    for (product, term), rows in frame.group_by("product", "time_to_expiry"):
        place = (terms.index(str(term)), products.index(product))
        worst = rows["max_scaled_error"].max()
        if worst is not None:
            cells[place] = max(np.log10(max(float(worst), 1e-17)), -17.0)  # type: ignore[arg-type]
        if rows["quantlib_errors"].sum():
            axes.plot(place[1], place[0], "x", color="white", markersize=5, markeredgewidth=1.4)
    shown = axes.imshow(cells, cmap="viridis", vmin=-17, vmax=-3, aspect="auto")
    names = [name.replace("_", " ") for name in products]
    axes.set_xticks(range(len(products)), names, rotation=55, ha="right", rotation_mode="anchor")
    axes.set_yticks(range(len(terms)), terms)
    axes.grid(visible=False)
    axes.tick_params(length=0)
    axes.set_title("white crosses: rows that QuantLib loses, each with its proof", fontsize=9)
    bar = drawn.colorbar(shown, ax=axes, pad=0.01, ticks=[-16, -12, -8, -4])
    bar.ax.set_yticklabels(["1e-16", "1e-12", "1e-8", "1e-4"])


def smiles(drawn: Figure, frame: pl.DataFrame) -> None:
    """Market quotes of three expiries and the models fitted to the whole surface."""
    for axes, expiry in zip(drawn.subplots(1, len(_EXPIRIES)), _EXPIRIES, strict=True):
        rows = frame.filter(pl.col("expiry") == expiry).sort("strike")
        for model, (label, colour, line) in _MODELS.items():
            fitted = rows.filter(pl.col("model") == model)
            axes.plot(
                fitted["strike"],
                100.0 * fitted["fitted_volatility"],
                line,
                color=colour,
                label=label,
            )
        market = rows.filter(pl.col("model") == "svi")
        dots = {"color": "#22262d", "markersize": 4, "label": "market", "zorder": 4}
        axes.plot(market["strike"], 100.0 * market["market_volatility"], "o", **dots)
        axes.set(xlabel="strike", title=expiry)
    drawn.axes[0].set_ylabel("implied volatility, %")
    drawn.legend(*drawn.axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=5)


# Name -> artifact, inches, title, what draws it.
PICTURES: Mapping[
    str, tuple[str, tuple[float, float], str, Callable[[Figure, pl.DataFrame], None]]
] = {
    "frontier": (
        "docs/artifacts/frontier/frontier.csv",
        (9.6, 3.9),
        "Error against time by one thread: down and to the left is better",
        frontier,
    ),
    "parity": (
        "docs/artifacts/ql_parity/ql_parity_summary.csv",
        (9.6, 3.6),
        "Largest difference from QuantLib, over max(1, value)",
        parity,
    ),
    "smiles": (
        "docs/artifacts/market_fit/fits.csv",
        (9.6, 3.4),
        "DAX options of 5 July 2002 and the models fitted to them",
        smiles,
    ),
}


def draw(name: str, source: Path, output: Path) -> None:
    """Draw one picture from the artifact at `source`."""
    _, (width, height), title, work = PICTURES[name]
    with plotting.figure(output, width, height, title) as drawn:
        work(drawn, pl.read_csv(source))


def main(words: list[str]) -> int:
    """Draw all pictures; 2 when an artifact is missing."""
    folder = ROOT / (words[0] if words else FOLDER)
    missing = {a: catalog.BY_PATH[a].fix for a, *_ in PICTURES.values() if not (ROOT / a).is_file()}
    if missing:
        sys.stderr.write("".join(f"{path} is missing: {fix}\n" for path, fix in missing.items()))
        return 2
    folder.mkdir(parents=True, exist_ok=True)
    origin = {}
    for name, (artifact, *_) in PICTURES.items():
        output = folder / f"{name}.png"
        draw(name, ROOT / artifact, output)
        origin[output.name] = {
            "artifact": artifact,
            "artifact_sha256": sha256_file(ROOT / artifact),
            "picture_sha256": sha256_file(output),
        }
        sys.stdout.write(f"{output.relative_to(ROOT)}: {output.stat().st_size:,} bytes\n")
    (folder / ORIGIN).write_bytes(canonical_json(origin))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""One look for all figures, and PNG bytes that depend on the data alone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import matplotlib as mpl
from matplotlib.figure import Figure

BLUE, ORANGE, GREEN, GREY = "#2f5d8a", "#d9822b", "#3a8f6b", "#8a8f98"
_DPI = 120
_STYLE: dict[str, Any] = {
    "axes.axisbelow": True,
    "axes.edgecolor": "#b8bdc6",
    "axes.grid": True,
    "axes.labelcolor": "#30343b",
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlelocation": "left",
    "axes.titlesize": 11,
    "figure.facecolor": "white",
    "font.family": "DejaVu Sans",  # comes with matplotlib: the same on every machine
    "font.size": 9,
    "grid.color": "#e6e8ec",
    "legend.frameon": False,
    "xtick.color": "#50555e",
    "ytick.color": "#50555e",
}


@contextmanager
def figure(output: Path, width: float, height: float, title: str) -> Iterator[Figure]:
    """Figure of `width` by `height` inches that is written to `output` as PNG.

    No window, no display and no state of pyplot is touched; neither date nor version enters the
    file. User settings of matplotlib (a matplotlibrc) do not count.
    """
    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(cast(Any, _STYLE))
        drawn = Figure(figsize=(width, height), layout="constrained")
        drawn.suptitle(title, x=0.01, ha="left", fontsize=13, fontweight="bold")
        yield drawn
        drawn.savefig(output, format="png", dpi=_DPI, metadata={"Software": None})

"""The tables of smile models: errors and failures are those of what was measured, and are seen."""

from __future__ import annotations

import csv
import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from tasks.evidence import (
    optional_tables,
    schemas,
    smile_calibration,
    smile_plot,
    smile_surfaces,
    tables,
)
from tasks.evidence.faults import EvidenceFault

pytestmark = pytest.mark.fast

_REFERENCE = Path(__file__).parents[1] / "data" / "heston_reference.csv"
_OURS = smile_calibration.Study(smile_calibration.OURS, 65, 0.0, 2)


def _quiet(done: int, total: int) -> None:
    assert 0 < done <= total


def test_errors_are_those_against_the_reference(monkeypatch: pytest.MonkeyPatch) -> None:
    case = smile_surfaces.cases(_REFERENCE)["feller violated"]
    ours, two, *theirs = smile_surfaces.measure(case, rounds=1)
    assert (ours["engine"], ours["threads"], two["threads"]) == (smile_surfaces.OURS, 1, 2)
    assert ours["max_error"] < 1e-9
    assert len(theirs) == 3
    assert all(1e-12 < row["max_error"] < 1e-2 for row in theirs)

    exact = smile_surfaces.our_calls

    def wrong(*arguments: Any) -> Any:
        found = exact(*arguments).copy()
        found[3] += 1e-6
        found[5] = np.nan
        return found

    monkeypatch.setattr(smile_surfaces, "our_calls", wrong)
    ours = smile_surfaces.measure(case, rounds=1)[0]
    assert ours["max_error"] == pytest.approx(1e-6, rel=1e-3)
    assert (ours["priced"], ours["failures"]) == (8, 1)


def test_a_reference_without_a_case_is_refused(tmp_path: Path) -> None:
    with _REFERENCE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    with (tmp_path / "cut.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(row for row in rows if row[0] != "ten years")
    with pytest.raises(ValueError, match=r"no case \['ten years'\]"):
        smile_surfaces.cases(tmp_path / "cut.csv")


@pytest.mark.parametrize("library", [smile_calibration.OURS, smile_calibration.BY_VOLATILITY])
def test_both_libraries_recover_the_same_sets(library: str) -> None:
    rows = list(smile_calibration.measure(dataclasses.replace(_OURS, library=library)))
    assert [row["outcome"] for row in rows] == ["recovered", "recovered"]
    assert max(row["recovery_error"] for row in rows) < 1e-6


def test_failures_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    (truth, quotes), _ = smile_calibration.draws(_OURS)
    off = {**truth, "correlation": truth["correlation"] + 0.1}

    def outcome(fit: Any) -> dict[str, Any]:
        monkeypatch.setattr(smile_calibration, "_fit", fit)
        return smile_calibration.outcome(_OURS, truth, quotes)

    def throws(*_: Any) -> Any:
        raise RuntimeError

    assert outcome(lambda *_: (truth, 1.0, True))["outcome"] == "recovered"
    assert outcome(lambda *_: (truth, 1.0, False))["outcome"] == "stopped"
    missed = outcome(lambda *_: (off, 1.0, True))
    assert missed["outcome"] == "other minimum"
    assert missed["recovery_error"] == pytest.approx(0.1)
    assert outcome(throws) == {
        "outcome": "exception", "recovery_error": None, "milliseconds": None,
    }  # fmt: skip


def test_tables_and_picture_are_made_from_the_sets(tmp_path: Path) -> None:
    paths = {name: tmp_path / f"{name}.csv" for name in ("reference", "surfaces", "sets", "table")}
    smile_surfaces.write_surfaces(
        paths["surfaces"], inputs={"reference": _REFERENCE}, config={}, progress=_quiet, rounds=1
    )
    studies = (_OURS, dataclasses.replace(_OURS, noise=0.002))
    smile_calibration.write_sets(
        paths["sets"], inputs={}, config={}, progress=_quiet, studies=studies
    )
    smile_calibration.write_calibration(paths["table"], inputs=paths, config={}, progress=_quiet)
    smile_plot.write_smile_plot(tmp_path / "p.png", inputs=paths, config={}, progress=_quiet)
    assert len(schemas.read("smile_surfaces", paths["surfaces"])) == 25
    sets = schemas.read("smile_calibration_sets", paths["sets"])
    table = schemas.read("smile_calibration", paths["table"])
    schemas.read("png", tmp_path / "p.png")
    assert table["sets"].to_list() == [2, 2]
    worst = sets.filter(pl.col("noise") > 0.0)["recovery_error"].max()
    assert table["recovery_max"][1] == worst
    lines = paths["sets"].read_text().splitlines()
    for old, new in (("recovered", "exception"), ("recovered", "lost")):
        paths["sets"].write_text("\n".join([*lines[:-1], lines[-1].replace(old, new)]) + "\n")
        with pytest.raises(EvidenceFault):
            tables.read_table(paths["sets"], optional_tables.SmileCalibrationSets)

"""The `peers` artifact: the packages' environment, the run, its table and its picture."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import venv
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import polars as pl

from tasks.evidence import plotting, repository, sources, tables
from tasks.evidence.digest import sha256_file
from tasks.evidence.progress import Progress

REQUIREMENTS = Path(__file__).with_name("requirements.txt")
_THREADS = (1, 2)
# options of the usual set, timed rounds, options whose answers are compared with fifty digits
_SETTINGS = {"rows": 1_000_000, "rounds": 5, "exact": 300}
# what the packages read to know how many threads to use
_SWITCHES = ("RAYON_NUM_THREADS", "NUMBA_NUM_THREADS", "POLARS_MAX_THREADS", "OMP_NUM_THREADS")
_TITLES = {
    ("price", "random"): "price",
    ("price", "tail"): "price, 12 to 37 deviations out of the money",
    ("greeks", "random"): "price and five Greeks",
    ("implied_volatility", "random"): "implied volatility",
    ("implied_volatility", "out_of_the_money"): "implied volatility, far out of the money",
    ("implied_volatility", "in_the_money"): "implied volatility, far in the money",
}
_COLUMNS = tables.PeersTable.column_names()
# what a row holds that says only why there is nothing to measure
_ABSENT: dict[str, Any] = {
    "rows": 0,
    "ns_per_option": 0.0,
    "spread": 0.0,
    "failures": 0,
    "max_relative_error": 0.0,
    "median_relative_error": 0.0,
    "note": "measured",
}


def write_peers(
    output: Path,
    *,
    inputs: Mapping[str, Path],
    config: Mapping[str, Any],
    progress: Progress,
) -> None:
    """Measure every package with one thread and with two, and write the table.

    Parameters
    ----------
    output : Path
        CSV file to write.
    inputs : mapping
        ``requirements`` with hashes, and the compiled ``core``.
    config : mapping
        ``rows``, ``rounds`` and ``exact`` in place of the settings of this module.
    progress : callable
        Called with (done, total) runs.

    Raises
    ------
    subprocess.CalledProcessError
        The environment cannot be made, or the runner failed; its last lines are in the message.
    """
    python = _environment(inputs["requirements"])
    rows: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory() as folder:
        stage = _stage(Path(folder))
        for done, threads in enumerate(_THREADS):
            report = Path(folder) / f"{threads}.json"
            _run(python, stage, report, threads, {**_SETTINGS, **config})
            found = json.loads(report.read_text(encoding="utf-8"))
            rows += found["rows"]
            rows += _scalar_rows(found["scalar"], found["rows"], threads)
            progress(done + 1, len(_THREADS))
    table = [_ABSENT | {name: row[name] for name in _COLUMNS if row.get(name)} for row in rows]
    frame = pl.DataFrame(table).select(_COLUMNS)
    tables.write_table(
        frame.sort("work", "quotes", "threads", "package"), output, tables.PeersTable
    )


def _environment(requirements: Path) -> Path:
    """Python of the packages' own environment, made anew when the requirements changed."""
    folder = repository.ROOT / "build" / "peers"
    done = folder / "requirements.sha256"
    python = folder / "bin" / "python"
    digest = sha256_file(requirements)
    if done.is_file() and done.read_text(encoding="utf-8") == digest:
        return python
    shutil.rmtree(folder, ignore_errors=True)
    venv.create(folder, with_pip=True)
    _call([str(python), "-m", "pip", "install", "--quiet", "--no-deps", "--require-hashes",
           "--requirement", str(requirements)], {})  # fmt: skip
    done.write_text(digest, encoding="utf-8")
    return python


def _stage(folder: Path) -> Path:
    """Folder from which the runner imports strikeproof: its Python files and the compiled core."""
    package = folder / "strikeproof"
    shutil.copytree(
        repository.ROOT / "core" / "python" / "strikeproof",
        package,
        ignore=shutil.ignore_patterns("__pycache__"),
    )
    core = sources.core_path()
    shutil.copy2(core, package / core.name)
    return folder


def _run(python: Path, stage: Path, report: Path, threads: int, config: Mapping[str, Any]) -> None:
    numbers = [f"--{name}={config[name]}" for name in ("rows", "rounds", "exact")]
    command = [str(python), "-m", "tasks.evidence.peers.runner", str(report)]
    path = os.pathsep.join((str(stage), str(repository.ROOT)))
    own = {"PYTHONPATH": path} | dict.fromkeys(_SWITCHES, str(threads))
    _call([*command, f"--threads={threads}", *numbers], own)


def _call(command: Iterable[str], environment: Mapping[str, str]) -> None:
    done = subprocess.run(
        list(command),
        env={**os.environ, **environment},
        cwd=repository.ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        tail = "\n".join((done.stdout + done.stderr).splitlines()[-15:])
        raise RuntimeError(f"{Path(sys.executable).name} exited with {done.returncode}:\n{tail}")


def _scalar_rows(
    scalar: Mapping[str, float], rows: Iterable[Mapping[str, Any]], threads: int
) -> list[dict[str, Any]]:
    """Scalar calls as rows of the table: one option a call."""
    versions = {row["package"]: row["version"] for row in rows}
    return [
        {
            "work": "price",
            "quotes": "one_call",
            "package": package,
            "version": versions[package],
            "threads": threads,
            "rows": 1,
            "ns_per_option": microseconds * 1e3,
            "spread": 0.0,
            "failures": 0,
            "note": "one option a call from Python",
        }
        for package, microseconds in scalar.items()
    ]


def write_peers_plot(
    output: Path,
    *,
    inputs: Mapping[str, Path],
    config: Mapping[str, Any],  # noqa: ARG001 - one signature for all makers
    progress: Progress,
) -> None:
    """Draw ns per option beside the worst error, a panel for each kind of work, by one thread."""
    frame = tables.read_table(inputs["table"], tables.PeersTable)
    single = frame.filter(pl.col("threads") == 1, pl.col("rows") > 1)
    title = "Time per option and relative errors, one thread, all packages in one interleaved run"
    with plotting.figure(output, 12.0, 13.0, title) as drawn:
        panels = drawn.subplots(3, 2).ravel()
        for axes, ((work, quotes), name) in zip(panels, _TITLES.items(), strict=True):
            _draw(axes, single.filter(work=work, quotes=quotes), name)
    progress(1, 1)


def _draw(axes: Any, frame: pl.DataFrame, title: str) -> None:
    ordered = frame.sort("ns_per_option", descending=True)
    for place, row in enumerate(ordered.iter_rows(named=True)):
        ours = row["package"] == "strikeproof"
        color = "#1b6ca8" if ours else "#9aa5b1"
        axes.barh(place, row["ns_per_option"], color=color, height=0.7)
        worst, median = row["max_relative_error"], row["median_relative_error"]
        text = f" {row['ns_per_option']:,.0f} ns"
        if worst > 0.0:
            text += f", errors {median:.0e} / {worst:.0e}"
        if row["failures"]:
            text += f", {row['failures']:,} failures"
        axes.text(row["ns_per_option"], place, text, va="center", fontsize=8)
    names = [f"{row['package']}" for row in ordered.iter_rows(named=True)]
    axes.set_yticks(range(len(names)), names)
    axes.set(xscale="log", xlabel="ns per option; errors: median / worst, against fifty digits")
    axes.set_xlim(right=max(ordered["ns_per_option"].to_list()) * 300.0)
    axes.set_title(title)

r"""The study from the command line: ``WRDS_USE_SAMPLE=1 python -m wrds_pipeline.pipeline --fast``.

With the sample it writes the same bytes as the task graph, which calls the same functions; the
graph adds receipts and figures. With a live source it writes aggregates only::

    WRDS_USE_SAMPLE=0 python -m wrds_pipeline.pipeline --source parquet --root FOLDER \
        --panel my_panel.toml --executor dask --scheduler tcp://host:8786 --store STATE

A live source that fails is an error, never a fall-back to the sample.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from wrds_pipeline import artifacts, executor, live, panel, schemas, universe

_ROOT = Path(__file__).resolve().parents[1]
_HERE = Path(__file__).resolve().parent
_DECLARED = {"universe": _HERE / "universe.toml", "panel": _HERE / "panel.toml"}
_OUTPUT = {
    "sample": _ROOT / "docs" / "artifacts" / "wrds_sample",
    "live": _ROOT / "docs" / "artifacts" / "wrds_live",
}
_SOURCES = ("sample", "parquet", "postgres")
_REFUSED = 2


def steps() -> list[tuple[str, str]]:
    """Files of a study of the sample and the inputs' names they get, in the order of making."""
    tables = [(f"SYNTHETIC_{name}.parquet", name) for name in artifacts.SAMPLE_TABLES]
    published = [(f"{name}.csv", name) for name in schemas.TABLES]
    ends = [(f"{name}.json", name) for name in ("leak_detection", "provenance")]
    return [*tables, ("SYNTHETIC_study.parquet", "study"), *published, *ends]


def run(
    output: Path,
    profile: str,
    follow: Callable[[str], None],
    *,
    declared: dict[str, Path] | None = None,
    options: dict[str, Any] | None = None,
) -> None:
    """Write every file of the study of the sample below `output`, each replaced whole.

    Parameters
    ----------
    output : Path
        Folder, made when missing.
    profile : {"fast", "full"}
        Size of the sample.
    follow : callable
        Called with the name of each file once it is written.
    declared : dict, optional
        Files of universe and panel; the package's own by default.
    options : dict, optional
        Of `wrds_pipeline.executor.run`; the results do not depend on them.
    """
    output.mkdir(parents=True, exist_ok=True)
    inputs = dict(declared or _DECLARED)
    config = {"profile": profile, "mode": "sample", "options": options or {}}
    for file, name in steps():
        _replace(output / file, getattr(artifacts, f"write_{name}"), inputs, config)
        inputs[name] = output / file
        follow(file)


def run_live(
    source: Any,
    output: Path,
    follow: Callable[[str], None],
    *,
    declared: dict[str, Path],
    options: dict[str, Any],
) -> None:
    """Write the aggregates of a study of a live source, and their provenance.

    Parameters
    ----------
    source : Source
    output, follow, declared, options
        As for `run`.
    """
    rules, subjects = universe.read(declared["universe"]), panel.read(declared["panel"])
    studies = artifacts.studies(source, subjects, rules)
    made = artifacts.computed(studies, lambda _done, _total: None, **options)
    files = {name: text.encode() for name, text in live.tables(made).items()}
    files["provenance.json"] = live.provenance(made, source.facts(), subjects, rules)
    output.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        _replace(output / name, _writer(content), {}, {})
        follow(name)


def _writer(content: bytes) -> Callable[..., None]:
    return lambda output, **_: output.write_bytes(content)


def _replace(
    target: Path, make: Callable[..., None], inputs: dict[str, Path], config: dict[str, Any]
) -> None:
    """Make a file beside its place and move it there, so that no half file ever has its name."""
    descriptor, name = tempfile.mkstemp(suffix=target.suffix, prefix=".", dir=target.parent)
    os.close(descriptor)
    temporary = Path(name)
    try:
        make(temporary, inputs=inputs, config=config, progress=lambda _done, _total: None)
        temporary.chmod(0o644)
        with temporary.open("rb") as stream:
            os.fsync(stream.fileno())
        temporary.replace(target)
    finally:
        with contextlib.suppress(FileNotFoundError):
            temporary.unlink()


def _source_name(setting: str, asked: str | None) -> str:
    """Name of the source that the command line and WRDS_USE_SAMPLE agree on."""
    if setting not in ("", "0", "1"):
        raise ValueError(f"WRDS_USE_SAMPLE={setting!r}: must be 0 or 1 (or unset)")
    if setting == "0" and asked in (None, "sample"):
        raise ValueError(
            "WRDS_USE_SAMPLE=0 asks for a live WRDS source: say --source parquet or --source "
            "postgres; set WRDS_USE_SAMPLE=1 (or unset it) for the SYNTHETIC sample"
        )
    if setting == "1" and asked not in (None, "sample"):
        raise ValueError(f"WRDS_USE_SAMPLE=1 asks for the sample, --source {asked} for another")
    return asked or "sample"


def _live_source(name: str, options: argparse.Namespace) -> Any:
    if options.root is None:
        raise ValueError(f"--source {name} needs --root, the folder of extracts or partitions")
    if name == "parquet":
        from wrds_pipeline.sources.parquet import ParquetSource

        return ParquetSource(options.root)
    from wrds_pipeline.sources.postgres import PostgresSource

    return PostgresSource(schema=options.schema, store=Path(options.root))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m wrds_pipeline.pipeline",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--fast", action="store_true", help="the smaller sample")
    parser.add_argument("--output", type=Path, help="folder to write")
    parser.add_argument("--source", choices=_SOURCES, help="where the tables come from")
    parser.add_argument("--root", help="folder or URL of a live source's tables")
    parser.add_argument("--schema", default="optionm_all", help="of the WRDS server")
    parser.add_argument("--panel", type=Path, default=_DECLARED["panel"])
    parser.add_argument("--universe", type=Path, default=_DECLARED["universe"])
    parser.add_argument("--executor", choices=executor.EXECUTORS, default="local")
    parser.add_argument("--scheduler", help="address of a Dask scheduler")
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--store", type=Path, help="folder of finished dates, to go on from")
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Command line of the study; returns the exit code."""
    options = _parser().parse_args(arguments)
    declared = {"universe": options.universe, "panel": options.panel}
    given = {name: getattr(options, name) for name in ("executor", "scheduler", "workers", "store")}
    profile = "fast" if options.fast else "full"
    try:
        name = _source_name(os.environ.get("WRDS_USE_SAMPLE", ""), options.source)
        if name == "sample":
            run(
                options.output or _OUTPUT["sample"],
                profile,
                lambda file: _say(f"SYNTHETIC sample ({profile}): {file}"),
                declared=declared,
                options=given,
            )
        else:
            run_live(
                _live_source(name, options),
                options.output or _OUTPUT["live"],
                lambda file: _say(f"{name}: {file}"),
                declared=declared,
                options=given,
            )
    except (ImportError, ValueError, OSError, RuntimeError) as error:
        sys.stderr.write(f"{error}\n")
        return _REFUSED
    return 0


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")


if __name__ == "__main__":
    raise SystemExit(main())

"""Fuzzing of everything that reads a file of somebody else's: any bytes in, an answer or a refusal.

A refusal is a `ValueError` with words; anything else is a defect. Run by hand, libFuzzer's options
as they are::

    .venv/bin/pip install atheris
    .venv/bin/python tests/fuzz/parsers.py -max_total_time=600 build/fuzz/parsers
    STRIKEPROOF_FUZZ=parquet .venv/bin/python tests/fuzz/parsers.py \\
        -max_total_time=600 build/fuzz/parquet

Parquet has a run of its own: Polars ends the process over some of it, which ends the run.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["tasks.evidence", "wrds_pipeline", "strikeproof"]):
    from strikeproof.cli.files import Table
    from tasks.evidence import (
        benchmark_report,
        catalog,
        manifest,
        parity_grid,
        receipts,
        schemas,
        strict_json,
        summary,
        tables,
        tolerances,
        zip_rules,
    )
    from wrds_pipeline import universe

_LARGEST_SEED = 100_000
_FOLDER = Path(tempfile.mkdtemp(prefix="strikeproof-fuzz-"))


def _as_file(suffix: str, read: Callable[[Path], object]) -> Callable[[bytes], object]:
    path = _FOLDER / f"input{suffix}"

    def call(data: bytes) -> object:
        path.write_bytes(data)
        return read(path)

    return call


def _rows(path: Path) -> int:
    table = Table(path)
    return sum(len(piece) for _, piece in table.batches(tuple(table.schema())))


def _schema(name: str) -> Callable[[bytes], object]:
    return _as_file(".data", lambda path: schemas.read(name, path))


def _known(name: str) -> bytes:
    return (Path(tolerances.__file__).with_name(name)).read_bytes()


def _receipt() -> bytes:
    """Any receipt that has been made, or the beginning of one."""
    made = sorted(Path(catalog.SUMMARY.path).parent.glob("*.receipt.json"))
    return made[0].read_bytes() if made else b'{"_type": "https://in-toto.io/Statement/v1"}\n'


# Each reader with a good file for it.
_TEXT: tuple[tuple[Callable[[bytes], object], bytes], ...] = (
    (lambda data: strict_json.parse(data, canonical=True), b'{\n  "a": 1\n}\n'),
    (lambda data: strict_json.parse(data, canonical=False), b'{"a": [1.5, null, true]}\n'),
    (receipts.parse, _receipt()),
    (tolerances.parse, _known("tolerances.toml")),
    (parity_grid.parse, _known("parity_grid.toml")),
    (_as_file(".zip", zip_rules.read_members), b"PK\x05\x06" + bytes(18)),
    (
        _as_file(".toml", universe.read),
        Path(universe.__file__).with_name("universe.toml").read_bytes(),
    ),
    (_as_file(".csv", _rows), b"spot,strike\n100,95.5\n,2e-3\n"),
)


def _artifacts(*, parquet: bool) -> list[tuple[Callable[[bytes], object], bytes]]:
    found = []
    for artifact in catalog.REQUIRED:
        path = Path(artifact.path)
        if (path.suffix == ".parquet") is not parquet:
            continue
        small = path.is_file() and path.stat().st_size < _LARGEST_SEED
        found.append((_schema(artifact.schema), path.read_bytes() if small else b""))
    return found


_PARQUET = os.environ.get("STRIKEPROOF_FUZZ") == "parquet"
TARGETS = (
    [(_as_file(".parquet", _rows), b"PAR1"), *_artifacts(parquet=True)]
    if _PARQUET
    else [*_TEXT, *_artifacts(parquet=False)]
)
# Loaded here so that the readers that import them late are watched too.
WATCHED = (benchmark_report, manifest, summary, tables)


def try_one(data: bytes) -> None:
    """Give the bytes, but for the first, to the reader that the first one chooses."""
    if not data:
        return
    try:
        read, _ = TARGETS[data[0] % len(TARGETS)]
        read(data[1:])
    except ValueError as error:
        if not str(error):
            raise AssertionError("a refusal without words") from error


def seeds(folder: Path) -> None:
    """Write the good file of each reader; those of artifacts exist where they have been made."""
    folder.mkdir(parents=True, exist_ok=True)
    for place, (_, content) in enumerate(TARGETS):
        (folder / f"seed-{place}").write_bytes(bytes([place]) + content)


if __name__ == "__main__":
    corpora = [word for word in sys.argv[1:] if not word.startswith("-")]
    if corpora:
        seeds(Path(corpora[0]))
    atheris.Setup(sys.argv, try_one)
    atheris.Fuzz()

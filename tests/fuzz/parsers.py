"""Fuzzing of everything that reads a file of somebody else's: any bytes in, an answer or a refusal.

A refusal is a `ValueError` with words; anything else is a defect. Run by hand, libFuzzer's options
as they are::

    .venv/bin/pip install atheris
    .venv/bin/python tests/fuzz/parsers.py -max_total_time=600 build/fuzz/parsers
"""

from __future__ import annotations

import json
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

_LARGEST_SEED = 20_000
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


TARGETS: tuple[Callable[[bytes], object], ...] = (
    lambda data: strict_json.parse(data, canonical=True),
    lambda data: strict_json.parse(data, canonical=False),
    receipts.parse,
    tolerances.parse,
    parity_grid.parse,
    _as_file(".zip", zip_rules.read_members),
    _as_file(".toml", universe.read),
    _as_file(".csv", _rows),
    _as_file(".parquet", _rows),
    *(_schema(artifact.schema) for artifact in catalog.REQUIRED),
)
_OWN = len(TARGETS) - len(catalog.REQUIRED)
# Loaded here so that the readers that import them late are watched too.
WATCHED = (benchmark_report, manifest, summary, tables)


def try_one(data: bytes) -> None:
    """Give the bytes, but for the first, to the reader that the first one chooses."""
    if not data:
        return
    try:
        TARGETS[data[0] % len(TARGETS)](data[1:])
    except ValueError as error:
        if not str(error):
            raise AssertionError("a refusal without words") from error


def seeds(folder: Path) -> None:
    """Write a good file for each reader, artifacts among them where they have been made."""
    folder.mkdir(parents=True, exist_ok=True)
    known = {
        2: json.dumps({"_type": "https://in-toto.io/Statement/v1"}).encode(),
        3: Path(tolerances.__file__).with_name("tolerances.toml").read_bytes()[:4000],
        4: Path(parity_grid.__file__).with_name("parity_grid.toml").read_bytes()[:6000],
        6: Path(universe.__file__).with_name("universe.toml").read_bytes(),
        7: b"option_type,spot\ncall,1.5\nput,2\n",
    }
    for place, artifact in enumerate(catalog.REQUIRED):
        path = Path(artifact.path)
        if path.is_file() and path.stat().st_size < _LARGEST_SEED:
            known[_OWN + place] = path.read_bytes()
    for place, content in known.items():
        (folder / f"seed-{place}").write_bytes(bytes([place]) + content)


if __name__ == "__main__":
    corpora = [word for word in sys.argv[1:] if not word.startswith("-")]
    if corpora:
        seeds(Path(corpora[0]))
    atheris.Setup(sys.argv, try_one)
    atheris.Fuzz()

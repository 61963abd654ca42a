"""Readers by schema name: the catalog says the name, this module says what it demands.

Every reader takes a path and returns the parsed content, or raises a `ValueError` whose `faults`
list everything that is wrong. Readers of large libraries import them when called.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from tasks.evidence import catalog, strict_json
from tasks.evidence.faults import EvidenceFault

_PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"


def read(name: str, path: Path) -> Any:
    """Content of a file under the schema `name`.

    Raises
    ------
    ValueError
        The file breaks its schema.
    KeyError
        No schema has that name.
    """
    return _READERS[name](path)


def _table(name: str) -> Callable[[Path], Any]:
    def reader(path: Path) -> Any:
        from tasks.evidence import tables

        return tables.read_table(path, tables.SCHEMAS[name])

    return reader


def _model(path: Path, model: Any) -> Any:
    from pydantic import ValidationError

    from tasks.evidence.tolerances import validation_messages

    try:
        return model.model_validate(strict_json.read(path))
    except ValidationError as error:
        raise EvidenceFault(validation_messages(error)) from None


def _summary(path: Path) -> Any:
    from tasks.evidence.summary import Summary

    return _model(path, Summary)


def _manifest(path: Path) -> Any:
    from tasks.evidence.manifest import Manifest

    return _model(path, Manifest)


def _mutants(path: Path) -> Any:
    from tasks.evidence.checks.mutants import Record

    return _model(path, Record)


def _bundle_refusals(path: Path) -> Any:
    from tasks.evidence.review.self_test import Record

    return _model(path, Record)


def _benchmark_report(path: Path) -> Any:
    from tasks.evidence import benchmark_report

    return benchmark_report.read(path)


def _arbitrage(path: Path) -> Any:
    from tasks.evidence import market_models

    return market_models.read_arbitrage(path)


def _provenance(path: Path) -> Any:
    from wrds_pipeline.provenance import Provenance

    return Provenance.model_validate(strict_json.read(path))


def _parquet(path: Path) -> Any:
    from wrds_pipeline.synthetic import tables

    return tables.read(path)


def _wrds_study(path: Path) -> Any:
    from wrds_pipeline import results

    return results.read(path)[0]


def _leak_detection(path: Path) -> Any:
    from tasks.evidence.checks.wrds import LeakDetection

    return _model(path, LeakDetection)


def _parity_product(path: Path) -> Any:
    from tasks.evidence import parity_store

    return parity_store.read(path)


def _report_page(path: Path) -> Any:
    from tasks.evidence.report import readback

    return readback.parse(_text(path))


def _text(path: Path) -> str:
    return strict_json.text_of(path.read_bytes())


def _png(path: Path) -> bytes:
    """Check signature, chunk lengths and checksums; a PNG must end in IEND with nothing after."""
    data = path.read_bytes()
    if not data.startswith(_PNG_SIGNATURE):
        raise EvidenceFault(["not a PNG"])
    offset, kind = len(_PNG_SIGNATURE), b""
    while kind != b"IEND":
        length = int.from_bytes(data[offset : offset + 4], "big")
        kind = data[offset + 4 : offset + 8]
        end = offset + 12 + length
        checksum = int.from_bytes(data[end - 4 : end], "big")
        if end > len(data) or zlib.crc32(data[offset + 4 : end - 4]) != checksum:
            raise EvidenceFault([f"broken PNG: chunk at byte {offset} is cut or damaged"])
        offset = end
    if offset != len(data):
        raise EvidenceFault([f"broken PNG: {len(data) - offset} bytes after its end"])
    return data


# Tables of the convergence studies, each read under its own name.
_CONVERGENCE = (
    "coverage",
    "coverage_seeds",
    "efficiency",
    "efficiency_runs",
    "method_agreement",
    "method_agreement_by_product",
    "pde_errors",
    "pde_orders",
    "scheme_bias",
    "time_to_error",
    "variance_reduction",
    "variance_runs",
)

# Tables of the study on option data, each read under its own name.
_WRDS = tuple(f"wrds_{name}" for name in catalog.WRDS_TABLES)

_READERS: Mapping[str, Callable[[Path], Any]] = {
    **{name: _table(name) for name in _CONVERGENCE},
    "benchmark_regression": _table("benchmark_regression"),
    "benchmark_report": _benchmark_report,
    "benchmark_table": _table("benchmark_table"),
    "bundle_refusals": _bundle_refusals,
    "frontier": _table("frontier"),
    "gate_mutants": _mutants,
    "instruction_counts": _table("instruction_counts"),
    "manifest": _manifest,
    "market_fit_by_expiry": _table("market_fit_by_expiry"),
    "market_arbitrage": _arbitrage,
    "market_fit_parameters": _table("market_fit_parameters"),
    "market_fit_quotes": _table("market_fit_quotes"),
    "market_fits": _table("market_fits"),
    "market_fits_by_expiry": _table("market_fits_by_expiry"),
    "metrics_summary": _summary,
    "parity_product": _parity_product,
    "parity_summary": _table("parity_summary"),
    "parity_table": _table("parity_table"),
    "peers_table": _table("peers_table"),
    "parquet_sample": _parquet,
    "png": _png,
    "products_table": _table("products_table"),
    "quantlib_errors": _table("quantlib_errors"),
    "report_page": _report_page,
    "script": _text,
    "smile_calibration": _table("smile_calibration"),
    "smile_calibration_sets": _table("smile_calibration_sets"),
    "smile_surfaces": _table("smile_surfaces"),
    "summary_text": _text,
    **{name: _table(name) for name in _WRDS},
    "wrds_leak_detection": _leak_detection,
    "wrds_provenance": _provenance,
    "wrds_study": _wrds_study,
}

"""The study from the command line: ``WRDS_USE_SAMPLE=1 python -m wrds_pipeline.pipeline --fast``.

Writes the same bytes as the task graph, which calls the same functions; the graph adds receipts
and the figure. WRDS_USE_SAMPLE=0 asks for the live source, which is not built yet: that is an
error, never a fall-back to the sample.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from wrds_pipeline import artifacts

_ROOT = Path(__file__).resolve().parents[1]
_UNIVERSE = Path(__file__).resolve().with_name("universe.toml")
_DEFAULT_OUTPUT = _ROOT / "docs" / "artifacts" / "wrds_sample"
_REFUSED = 2

# File, maker, and the names of the files above it that it reads.
_STEPS: tuple[tuple[str, Callable[..., None], tuple[str, ...]], ...] = (
    ("SYNTHETIC_opprcd.parquet", artifacts.write_opprcd, ()),
    ("SYNTHETIC_secprd.parquet", artifacts.write_secprd, ()),
    ("SYNTHETIC_zerocd.parquet", artifacts.write_zerocd, ()),
    ("calibration.csv", artifacts.write_calibration, artifacts.TABLES),
    ("oos_pricing.csv", artifacts.write_oos_pricing, (*artifacts.TABLES, "calibration")),
    ("summary.csv", artifacts.write_summary, ("calibration", "oos_pricing")),
    ("provenance.json", artifacts.write_provenance, artifacts.TABLES),
)


def run(output: Path, profile: str, follow: Callable[[str], None]) -> None:
    """Write every file of the study below `output`, each replaced whole.

    Parameters
    ----------
    output : Path
        Folder, made when missing.
    profile : {"fast", "full"}
        Size of the sample.
    follow : callable
        Called with the name of each file once it is written.
    """
    output.mkdir(parents=True, exist_ok=True)
    known = {Path(name).stem.removeprefix("SYNTHETIC_"): output / name for name, _, _ in _STEPS}
    config = {"profile": profile, "mode": "sample"}
    for name, make, needs in _STEPS:
        inputs = {need: known[need] for need in needs} | {"universe": _UNIVERSE}
        _replace(output / name, make, inputs, config)
        follow(name)


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


def _check_source(setting: str) -> None:
    if setting == "0":
        raise ValueError(
            "WRDS_USE_SAMPLE=0 asks for the live WRDS source, which this version does not have; "
            "set WRDS_USE_SAMPLE=1 (or unset it) for the SYNTHETIC sample"
        )
    if setting not in ("", "1"):
        raise ValueError(f"WRDS_USE_SAMPLE={setting!r}: must be 0 or 1 (or unset)")


def main(arguments: list[str] | None = None) -> int:
    """Command line of the study; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m wrds_pipeline.pipeline", description=__doc__)
    parser.add_argument("--fast", action="store_true", help="the smaller sample")
    parser.add_argument("--output", type=Path, default=_DEFAULT_OUTPUT, help="folder to write")
    options = parser.parse_args(arguments)
    profile = "fast" if options.fast else "full"
    try:
        _check_source(os.environ.get("WRDS_USE_SAMPLE", ""))
        run(options.output, profile, lambda name: _say(f"SYNTHETIC sample ({profile}): {name}"))
    except (ValueError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return _REFUSED
    return 0


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")


if __name__ == "__main__":
    raise SystemExit(main())

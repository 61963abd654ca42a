"""Google Benchmark's report as evidence: its schema, and what makes a run believable.

The library's own `library_build_type` says how the library was built, not our code (Debian's
package reads "debug" always); what counts are the `strikeproof_*` keys, compiled into the core.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StrictStr, ValidationError

from tasks.evidence import strict_json
from tasks.evidence.faults import EvidenceFault
from tasks.evidence.tolerances import validation_messages

Finite = Annotated[float, Field(allow_inf_nan=False)]
Positive = Annotated[float, Field(gt=0.0, allow_inf_nan=False)]
Count = Annotated[int, Field(ge=0)]
Flag = Literal["true", "false"]


class Context(BaseModel):
    """The report's head: machine, and how the core was compiled."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    num_cpus: Annotated[int, Field(gt=0)]
    mhz_per_cpu: Finite
    cpu_scaling_enabled: bool
    strikeproof_binary_sha256: Annotated[StrictStr, Field(pattern=r"^[0-9a-f]{64}$")]
    strikeproof_build_type: StrictStr
    strikeproof_commit: StrictStr
    strikeproof_compiler: StrictStr
    strikeproof_cores: StrictStr
    strikeproof_flags: StrictStr
    strikeproof_ndebug: Flag
    strikeproof_optimized: Flag
    strikeproof_profile: Literal["fast", "full"]
    strikeproof_sanitizers: StrictStr
    strikeproof_simd: StrictStr
    strikeproof_version: StrictStr


class Row(BaseModel):
    """One repetition or one aggregate over repetitions."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: StrictStr
    run_name: StrictStr
    run_type: Literal["iteration", "aggregate"]
    iterations: Count
    real_time: Finite
    cpu_time: Finite
    time_unit: Literal["ns", "us", "ms", "s"]
    threads: Count
    repetitions: Count
    repetition_index: Count | None = None
    family_index: Count | None = None
    per_family_instance_index: Count | None = None
    aggregate_name: StrictStr | None = None
    aggregate_unit: StrictStr | None = None
    items_per_second: Finite | None = None
    peak_bytes: Finite | None = None
    label: StrictStr | None = None
    error_occurred: bool = False
    error_message: StrictStr | None = None


class Report(BaseModel):
    """A whole report."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    context: Context
    benchmarks: list[Row]

    def repetitions(self, name: str) -> list[Row]:
        """The measured repetitions of one benchmark."""
        return [r for r in self.benchmarks if r.run_type == "iteration" and r.run_name == name]

    def names(self) -> list[str]:
        """Benchmarks in the report, in the order of their first row."""
        return list(dict.fromkeys(row.run_name for row in self.benchmarks))


def read(path: Path) -> Report:
    """Report of a file.

    Raises
    ------
    EvidenceFault
        Not JSON, not a report, or with rows that cannot be measurements.
    """
    document: Any = strict_json.read(path, canonical=False)
    if isinstance(document, dict) and document.get("benchmarks") == []:
        raise EvidenceFault(["0 benchmarks in the report"])
    try:
        report = Report.model_validate(document)
    except ValidationError as error:
        raise EvidenceFault(validation_messages(error)) from None
    if faults := list(implausible(report)):
        raise EvidenceFault(faults)
    return report


def implausible(report: Report) -> Iterator[str]:
    """Rows whose numbers cannot come from a run."""
    for row in report.benchmarks:
        if row.error_occurred:
            yield f"{row.name} reports an error: {row.error_message}"
        if row.run_type != "iteration":
            continue
        if row.real_time <= 0.0 or row.cpu_time < 0.0:
            yield f"implausible: {row.name} took {row.real_time:g} {row.time_unit}"
        if row.iterations < 1:
            yield f"implausible: {row.name} ran {row.iterations} iterations"
        if row.items_per_second is None or row.items_per_second <= 0.0:
            yield f"implausible: {row.name} priced {row.items_per_second} items per second"
        if row.peak_bytes is None or row.peak_bytes <= 0.0 or row.peak_bytes % 1.0 != 0.0:
            yield f"implausible: {row.name} held {row.peak_bytes} bytes at its peak"


def unfit(context: Context) -> Iterator[str]:
    """Why a binary's timings say nothing about the Release build."""
    if context.strikeproof_build_type != "Release":
        yield f"core built as {context.strikeproof_build_type or 'nothing'}, not Release"
    if context.strikeproof_ndebug != "true":
        yield "debug build: the core was built without NDEBUG"
    if context.strikeproof_optimized != "true" or "-O0" in context.strikeproof_flags.split():
        yield "core built without optimisation"
    if context.strikeproof_sanitizers not in ("", "none"):
        yield f"core built with -fsanitize={context.strikeproof_sanitizers}"
    if "-fsanitize" in context.strikeproof_flags:
        yield "core built with -fsanitize in its flags"

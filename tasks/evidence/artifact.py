"""What an artifact is: path, family, maker, inputs, schema, what the pack holds of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

# Inputs that are compiled, not stored: resolved by tasks.evidence.sources.
CORE = "@core"  # the extension module that `import strikeproof` loads, or the parts of it in use
BENCHMARK_BINARY = "@benchmarks"  # the Google Benchmark program
COUNTS_BINARY = "@counts"  # the program whose instructions are counted

# Before a path: an input that is read where it lies there and is otherwise recorded as absent.
IF_THERE = "?"

RECEIPT_SUFFIX = ".receipt.json"
TOLERANCES = "tasks/evidence/tolerances.toml"


def core_part(part: str) -> str:
    """Name under which a receipt lists a part of the compiled core."""
    return f"{CORE}/{part}"


def is_core(source: str) -> bool:
    """Whether a receipt's input is the compiled core or a part of it."""
    return source == CORE or source.startswith(core_part(""))


@dataclass(frozen=True, slots=True)
class Artifact:
    """One file of evidence: who makes it from what, and how the gate reads it."""

    path: str
    family: str  # name of the task (and section of the summary) that it belongs to
    title: str
    build: str  # "module:function", called as build(output, inputs=, config=, progress=)
    schema: str  # name of a reader in tasks.evidence.schemas
    inputs: Mapping[str, str] = field(default_factory=dict)  # name -> path or @source
    profiled: bool = False  # the profile changes its content
    timed: bool = False  # holds measured times or the machine: bytes differ between runs
    identified: bool = False  # holds the commit
    packed: bool = True  # member of the validation pack

    @property
    def receipt(self) -> str:
        """Path of the receipt that lies beside the artifact."""
        return self.path + RECEIPT_SUFFIX

    @property
    def fix(self) -> str:
        """Command that remakes the artifact."""
        return f"doit {self.family}"


ARTIFACTS = "docs/artifacts"

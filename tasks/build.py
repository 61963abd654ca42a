"""Wiring of the `build` task: the compiled core, its tests and its benchmarks."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from tasks.evidence import core_parts, receipts, sources
from tasks.evidence.digest import sha256_file
from tasks.evidence.repository import ROOT
from tasks.graph.artifact import Job, job_task, shown
from tasks.graph.console import Follow
from tasks.graph.process import Outcome, run_worker

BUILD_FOLDER = ROOT / "build"
_PROGRAMS = ("strikeproof_benchmarks", "strikeproof_counts", "strikeproof_tests")
_PATTERNS = (
    "CMakeLists.txt",
    "pyproject.toml",
    "core/**/CMakeLists.txt",
    "core/**/*.cmake",
    "core/**/*.[ch]pp",
    "core/**/*.hpp.in",
    "core/**/*.py",
    "core/**/*.pyi",
    "tests/cpp/*",
)


def source_files() -> list[Path]:
    """Everything the compiler and the package installer read."""
    found = {path for pattern in _PATTERNS for path in ROOT.glob(pattern)}
    return sorted(path for path in found if path.is_file())


@lru_cache(maxsize=1)
def compiler() -> str:
    """First line of the default C++ compiler's version text."""
    try:
        done = subprocess.run(["c++", "--version"], capture_output=True, text=True, check=False)
    except OSError:
        return "absent"
    return done.stdout.partition("\n")[0]


class BuildJob(Job):
    """Compiles in place; the receipt records what the binaries hash to."""

    title = "build"
    receipt = BUILD_FOLDER / "build.receipt.json"
    build = "tasks.graph.compile:build_core"
    config: Mapping[str, str] = MappingProxyType({"build_type": "Release"})

    def recipe(self) -> receipts.Recipe:
        """C++ sources, the package's Python files, the compiler."""
        digests = {p.relative_to(ROOT).as_posix(): sha256_file(p) for p in source_files()}
        digests |= sources.code_digests(self.build.partition(":")[0])
        tools = {"compiler": compiler()} | sources.package_versions(
            ("nanobind", "scikit-build-core")
        )
        return receipts.Recipe(self.build, self.config, digests, tools)

    def paths(self) -> dict[str, Path]:
        """The extension module and its parts, the benchmarks, the tests."""
        core = sources.core_path()
        programs = {name: BUILD_FOLDER / "bin" / name for name in _PROGRAMS}
        return {f"strikeproof/{core.name}": core, "parts": ROOT / core_parts.PATH, **programs}

    def run(self, follow: Follow, descriptor: int) -> Outcome:
        """Configure, compile, install."""
        job = {
            "build": self.build,
            "output": str(BUILD_FOLDER),
            "inputs": {"root": str(ROOT)},
            "config": dict(self.config),
        }
        return run_worker(job, (descriptor,), follow)


def task_build() -> dict[str, Any]:
    """Compile the core, its tests and benchmarks; install the Python package."""
    job = BuildJob()
    return {
        "file_dep": [shown(path) for path in source_files()],
        "targets": [shown(path) for path in (job.receipt, *job.paths().values())],
        **job_task(job),
    }

"""Runs the benchmark program and keeps its report as Google Benchmark wrote it."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from tasks.evidence import repository
from tasks.evidence.digest import sha256_file


def names(binary: Path) -> list[str]:
    """Benchmarks that the program holds, in its order."""
    command = [str(binary), "--benchmark_list_tests=true"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return done.stdout.split()


def write_benchmark_report(
    output: Path,
    *,
    inputs: Mapping[str, Path],
    config: Mapping[str, Any],
    progress: Callable[[int, int], None],
) -> None:
    """Run every benchmark by wall time and write the report.

    Parameters
    ----------
    output : Path
        JSON file to write.
    inputs : mapping
        ``binary``: the benchmark program.
    config : mapping
        ``repetitions`` of each benchmark, of at least ``min_seconds`` each.
    progress : callable
        Called with (done, total) runs.

    Raises
    ------
    ValueError
        The program failed; the message holds its last lines.
    """
    binary = inputs["binary"]
    context = {
        "strikeproof_binary_sha256": sha256_file(binary),
        "strikeproof_commit": repository.commit() or "none",
        "strikeproof_cores": str(os.cpu_count()),
        "strikeproof_profile": config["profile"],
    }
    command = [
        str(binary),
        f"--benchmark_repetitions={config['repetitions']}",
        f"--benchmark_min_time={config['min_seconds']}",
        "--benchmark_enable_random_interleaving=true",
        "--benchmark_report_aggregates_only=false",
        "--benchmark_format=console",
        "--benchmark_out_format=json",
        f"--benchmark_out={output}",
        "--benchmark_context=" + ",".join(f"{k}={v}" for k, v in sorted(context.items())),
    ]
    total = len(names(binary)) * config["repetitions"]
    _run(command, lambda done: progress(min(done, total), total))
    _strip_paths(output, binary)


def _run(command: list[str], follow: Callable[[int], None]) -> None:
    lines = []
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            lines.append(line)
            follow(len(lines))
    if process.returncode != 0:
        raise ValueError(f"benchmark program failed:\n{''.join(lines[-20:])}")


def _strip_paths(output: Path, binary: Path) -> None:
    """Name the program, not the folder it lay in: a report is read on other machines."""
    report = json.loads(output.read_bytes())
    report["context"]["executable"] = binary.name
    report["context"].pop("host_name", None)
    output.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")

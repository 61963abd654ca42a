"""Compiles the core, its tests and benchmarks with CMake, and installs the extension module."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from tasks.evidence import core_parts, sources
from tasks.evidence.processes import end_with_parent
from tasks.graph.lock import DESCRIPTOR_VARIABLE

_NINJA_STEP = re.compile(r"^\[(\d+)/(\d+)\]")


def build_core(
    output: Path,
    *,
    inputs: Mapping[str, Path],
    config: Mapping[str, Any],
    progress: Callable[[int, int], None],
) -> None:
    """Configure and build ``build/``, then the editable installation of the package.

    Parameters
    ----------
    output : Path
        The build folder.
    inputs : mapping
        ``root``: the repository.
    config : mapping
        ``build_type``: CMake's.

    Raises
    ------
    ValueError
        A step failed; the message holds its last lines.
    """
    root = str(inputs["root"])
    configure = ["cmake", "-S", root, "-B", str(output), "-G", "Ninja"]
    _run([*configure, f"-DCMAKE_BUILD_TYPE={config['build_type']}"], progress)
    _run(["cmake", "--build", str(output)], progress)
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    _run([*pip, "--no-build-isolation", "--no-deps", "--editable", root], progress)
    core_parts.write(inputs["root"], sources.core_path())


def _run(command: list[str], progress: Callable[[int, int], None]) -> None:
    parent = os.getpid()
    inherited = os.environ.get(DESCRIPTOR_VARIABLE)
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        pass_fds=(int(inherited),) if inherited else (),
        preexec_fn=lambda: end_with_parent(parent),
    ) as process:
        assert process.stdout is not None
        lines = []
        for line in process.stdout:
            lines.append(line)
            if step := _NINJA_STEP.match(line):
                progress(int(step[1]), int(step[2]))
    if process.returncode != 0:
        raise ValueError(f"{' '.join(command)} failed:\n{''.join(lines[-60:])}")

"""The counter of instructions: valgrind's callgrind, where there is one."""

from __future__ import annotations

import os
import platform
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

ABSENT = "absent"
_MARK = "strikeproof_mark"
_SUMMARY = re.compile(r"^summary: (\d+)$", re.MULTILINE)


@lru_cache(maxsize=1)
def version() -> str:
    """Version of valgrind, such as "valgrind-3.19.0"; "absent" where kernels cannot be counted.

    Counts are bounded for x86-64 under Linux only: elsewhere the instructions are others.
    """
    here = (platform.system(), platform.machine())
    program = shutil.which("valgrind")
    if here != ("Linux", "x86_64") or program is None:
        return ABSENT
    done = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)
    return done.stdout.strip() or ABSENT


def run(binary: Path, arguments: list[str], follow: Callable[[int], None]) -> list[list[str]]:
    """Lines of the counted program, split at tabs; those of kernels with their two counts.

    Parameters
    ----------
    binary : Path
        Program that calls ``strikeproof_mark`` where a counted call begins and where it ends.
    arguments : list of str
        Its arguments.
    follow : callable
        Called with the number of lines so far.

    Raises
    ------
    ValueError
        The program or the counter failed; the message holds the last lines.
    """
    with tempfile.TemporaryDirectory(prefix="strikeproof-counts-") as folder:
        command = ["valgrind", "--tool=callgrind", f"--dump-before={_MARK}", "--dump-line=no"]
        command += [f"--callgrind-out-file={folder}/part", str(binary), *arguments]
        lines, said = _output(command, Path(folder), follow)
        rows = [line.rstrip("\n").split("\t") for line in lines]
        kernels = [row for row in rows if row[0] == "kernel"]
        parts = [_total(Path(folder) / f"part.{k + 1}", said) for k in range(4 * len(kernels))]
    # a kernel's four parts end where its calls begin or end, in turn: the second and the fourth
    # are those of its calls
    for place, row in enumerate(kernels):
        row += [str(parts[4 * place + 1]), str(parts[4 * place + 3])]
    return rows


def _output(
    command: list[str], folder: Path, follow: Callable[[int], None]
) -> tuple[list[str], str]:
    # the stack holds the environment: a long one must not move what is counted
    environment = {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C", "HOME": str(folder)}
    errors = folder / "stderr"
    lines: list[str] = []
    with (
        errors.open("w") as stream,
        subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=stream, text=True, env=environment, cwd=folder
        ) as process,
    ):
        assert process.stdout is not None
        for line in process.stdout:
            lines.append(line)
            follow(len(lines))
    said = errors.read_text(encoding="utf-8", errors="replace")
    if process.returncode != 0:
        raise ValueError(f"counting failed with exit code {process.returncode}:\n{said[-2000:]}")
    return lines, said


def _total(part: Path, said: str) -> int:
    found = _SUMMARY.search(part.read_text(encoding="utf-8")) if part.is_file() else None
    if found is None:
        raise ValueError(f"the counter left no {part.name}:\n{said[-2000:]}")
    return int(found.group(1))

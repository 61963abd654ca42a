"""The peers' own environment, and the processes in it that are asked and timed.

The environment lies in ``build/peers`` and holds what `requirements.txt` pins, each file
checked against its hash; the project's ``.venv`` knows nothing of it. strikeproof is not installed
there: the package's Python files and the compiled core are copied beside the quotes, so that what
is timed is the input that the receipt names.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Any

from tasks.evidence.digest import sha256_file
from tasks.evidence.repository import ROOT

FOLDER = ROOT / "build" / "peers"
_STAMP = "peers.stamp"
_THREAD_SETTINGS = (
    "NUMBA_NUM_THREADS",
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "POLARS_MAX_THREADS",
    "RAYON_NUM_THREADS",
)
# Settings of the caller that would let other packages in.
_FOREIGN = ("PYTHONHOME", "PYTHONPATH", "PIP_TARGET", "PIP_PREFIX", "VIRTUAL_ENV")


def ensure(requirements: Path, folder: Path = FOLDER) -> Path:
    """Python of the environment, which is made anew when the requirements changed.

    Raises
    ------
    ValueError
        It cannot be made; the message holds pip's last lines.
    """
    python = folder / "bin" / "python"
    stamp = folder / _STAMP
    version = ".".join(map(str, sys.version_info[:3]))
    state = f"{folder} {version} {sha256_file(requirements)}\n"
    if python.is_file() and stamp.is_file() and stamp.read_text(encoding="utf-8") == state:
        return python
    shutil.rmtree(folder, ignore_errors=True)
    options = ("--quiet", "--require-hashes", "--no-deps", "--disable-pip-version-check")
    _run([sys.executable, "-m", "venv", str(folder)])
    _run([str(python), "-m", "pip", "install", *options, "-r", str(requirements)])
    stamp.write_text(state, encoding="utf-8")
    return python


def _run(command: list[str]) -> None:
    clean = {name: value for name, value in os.environ.items() if name not in _FOREIGN}
    done = subprocess.run(command, env=clean, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        last = "\n".join((done.stdout + done.stderr).splitlines()[-15:])
        raise ValueError(f"the peers' environment cannot be made (network?):\n{last}")


def copy_package(core: Path, folder: Path) -> None:
    """Copy the package's Python files and the compiled core, importable from `folder`."""
    package = folder / "strikeproof"
    package.mkdir(parents=True)
    for source in sorted((ROOT / "core" / "python" / "strikeproof").glob("*.py")):
        shutil.copy(source, package)
    shutil.copy(core, package)


class Asked:
    """A runner process with a fixed number of threads, to be used as a context."""

    def __init__(self, python: Path, folder: Path, threads: int) -> None:
        environment = {k: v for k, v in os.environ.items() if k not in _FOREIGN}
        environment |= dict.fromkeys(_THREAD_SETTINGS, str(threads))
        environment["PYTHONPATH"] = str(folder)
        self._process = subprocess.Popen(
            [str(python), "-m", "tasks.evidence.peers.runner", str(folder), str(threads)],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __enter__(self) -> Asked:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._process.communicate()

    def __call__(self, **command: Any) -> dict[str, Any]:
        """Answer of one command.

        Raises
        ------
        ValueError
            The process ended without an answer.
        """
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        try:
            self._process.stdin.write(json.dumps(command) + "\n")
            self._process.stdin.flush()
            line = self._process.stdout.readline()
        except BrokenPipeError:
            line = ""
        if not line:
            raise ValueError(f"the peers' process ended at {command}")
        answer: dict[str, Any] = json.loads(line)
        return answer


def present(names: Iterable[str], asked: Asked) -> dict[str, str]:
    """Version of each package; "absent" where one is not installed."""
    return {name: asked(do="version", package=name)["version"] for name in names}

"""Asks and times packages, one command a line: ``-m tasks.evidence.peers.runner FOLDER THREADS``.

Runs in the peers' environment, one process for each number of threads, since most packages fix
theirs when they are loaded. ``FOLDER`` holds the sets of quotes as ``<set>.npy``. Commands and
answers are JSON, on standard input and output:

``{"do": "time", "work": ..., "set": ..., "package": ...}``
    ``{"seconds": ..., "rows": ...}``, or ``{"absent": reason}``.
``{"do": "values", ...}``
    Calls once and writes the outputs' columns to ``values.npy``: ``{"rows": ...}`` or the reason.
``{"do": "truth", "work": ..., "set": ..., "rows": ...}``
    Writes ``truth.npy``: the exact outputs, then the sizes that errors are relative to.
``{"do": "version", "package": ...}``
    ``{"version": ...}``, "absent" when it is not installed.
"""

from __future__ import annotations

import json
import os
import sys
import time
import warnings
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np

from tasks.evidence.peers import adapters, plan, product_adapters
from tasks.evidence.peers.adapters import Call

_PLAIN = str.maketrans({",": ";", '"': "'", "|": "/"})  # a reason is one cell of a table


class Runner:
    """Answers commands; prepared calls are kept, so that each is warmed up once."""

    def __init__(self, folder: Path, threads: int) -> None:
        self._folder = folder
        self._packages = adapters.packages(threads)
        self._products = product_adapters.packages(threads)
        self._threads = threads
        self._calls: dict[tuple[str, str, str], Call | str] = {}
        self._quotes: dict[str, dict[str, Any]] = {}

    def answer(self, command: dict[str, Any]) -> dict[str, Any]:
        """Answer of one command."""
        if command["do"] == "version":
            return {"version": self._version(command["package"])}
        if command["do"] == "truth":
            return self._truth(command)
        call = self._call(command["package"], command["work"], command["set"])
        if isinstance(call, str):
            return {"absent": call}
        return self._timed(call) if command["do"] == "time" else self._values(call)

    def _version(self, name: str) -> str:
        if name == "strikeproof":
            return str(adapters._load("strikeproof").__version__)
        try:
            return metadata.version((self._products | self._packages)[name].distribution or name)
        except metadata.PackageNotFoundError:
            return "absent"

    def _read(self, name: str) -> dict[str, Any]:
        if name not in self._quotes:
            columns = np.load(self._folder / f"{name}.npy")
            self._quotes[name] = dict(zip(plan.columns(name), columns, strict=True))
        return self._quotes[name]

    def _call(self, package: str, work: str, quotes: str) -> Call | str:
        key = (package, work, quotes)
        if key not in self._calls:
            self._calls[key] = self._prepared(*key)
        return self._calls[key]

    def _prepared(self, name: str, work: str, quotes: str) -> Call | str:
        """The call, having run once; the reason where there is none, or where it breaks."""
        package = (self._products if work in plan.PRODUCTS else self._packages)[name]
        adapter = package.works[work]
        if isinstance(adapter, str):
            return adapter
        if self._threads > 1 and not package.several_threads:
            return "one thread only"
        columns = self._read(quotes)
        try:
            call = adapter(columns, min(package.rows, len(columns["spot"])))
            call.run()
        except Exception as error:  # a peer that breaks is a finding, not the end of the run
            text = f"{type(error).__name__}: {error}".translate(_PLAIN)
            return f"fails: {' '.join(text.split())[:120]}"
        return call

    @staticmethod
    def _timed(call: Call) -> dict[str, Any]:
        started = time.perf_counter()
        call.run()
        return {"seconds": time.perf_counter() - started, "rows": call.rows}

    def _values(self, call: Call) -> dict[str, Any]:
        np.save(self._folder / "values.npy", np.stack(call.finish(call.run())))
        return {"rows": call.rows}

    def _truth(self, command: dict[str, Any]) -> dict[str, Any]:
        from tasks.evidence.peers import product_truth, truth

        quotes = self._read(command["set"])
        rows = min(command["rows"], len(quotes["spot"]))
        source = product_truth if command["work"] in plan.PRODUCTS else truth
        outputs, sizes = source.answers(command["work"], quotes, rows)
        np.save(self._folder / "truth.npy", np.stack([outputs, sizes]))
        return {"rows": rows}


def main() -> int:
    """Answer commands until standard input ends."""
    warnings.simplefilter("ignore")  # what a peer warns of is counted as a failure, or is none
    np.seterr(all="ignore")
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)  # whatever a peer prints must not stand between the answers
    runner = Runner(Path(sys.argv[1]), int(sys.argv[2]))
    for line in sys.stdin:
        answers.write(json.dumps(runner.answer(json.loads(line))) + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

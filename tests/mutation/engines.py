"""Mutation testing of an engine: ``python -m tests.mutation.engines barrier --sample 80``.

Nothing of the checkout is changed: the mutated source is compiled beside it with the command of
the build folder, and linked before the library, so that its object takes the place of the honest
one. First the engine's C++ tests are asked, then its Python tests, with an extension module
linked in the same way. Needs a build of `build` and of the editable package.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from tests.mutation import cpp_source, table
from tests.mutation.table import ROOT, WORK, Mutant

_SECONDS = 240  # one C++ or Python test run


@dataclass(frozen=True, slots=True)
class Engine:
    """What is mutated, what must be compiled for it, and who is asked."""

    files: tuple[str, ...]
    units: tuple[str, ...]  # of a header: the sources that include it
    cpp: tuple[str, ...]  # stems of tests/cpp
    python: tuple[str, ...]


ENGINES = {
    "barrier": Engine(
        files=("core/src/barrier.cpp", "core/src/barrier_value.hpp"),
        units=("barrier", "discrete_barrier", "partial_barrier"),
        cpp=("barrier",),
        python=("test_barrier.py", "test_partial_barrier.py"),
    ),
    "black_scholes": Engine(
        files=(
            "core/src/black_scholes.cpp",
            "core/src/black_scholes_batch.cpp",
            "core/src/black_scholes_terms.cpp",
            "core/src/black_scholes_volatility.cpp",
        ),
        units=(),
        cpp=("black_scholes", "vector_kernels"),
        python=("test_black_scholes.py",),
    ),
}


def _build() -> Path:
    return next((ROOT / "build" / "python").glob("cp*"))


def _run(
    command: Sequence[str], folder: Path = ROOT, environment: dict[str, str] | None = None
) -> tuple[int | None, str]:
    """Exit code (None for too long) and all output."""
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            env={**os.environ, **(environment or {})},
            capture_output=True,
            text=True,
            check=False,
            timeout=_SECONDS,
        )
    except subprocess.TimeoutExpired:
        return None, ""
    return done.returncode, done.stdout + done.stderr


class Trial:
    """The links that stay the same for all mutants of an engine."""

    def __init__(self, name: str) -> None:
        self.engine = ENGINES[name]
        self.folder = WORK / name
        shutil.rmtree(self.folder, ignore_errors=True)
        self.package = self.folder / "package" / "strikeproof"
        shutil.copytree(ROOT / "core" / "python" / "strikeproof", self.package)
        entries = json.loads((_build() / "compile_commands.json").read_text())
        self.commands = {
            path.name: entry["command"]
            for entry in entries
            if (path := Path(entry["file"])).parent.name == "src"
        }
        done = subprocess.run(
            ["ninja", "-C", str(_build()), "-t", "commands", "core/bindings/_core.abi3.so"],
            capture_output=True,
            text=True,
            check=True,
        )
        link = next(c for c in done.stdout.splitlines() if " -shared " in c and "_core.abi3" in c)
        words = [w for w in shlex.split(link.replace("&&", " ")) if w not in (":", "")]
        self.link = words[: words.index("cd")] if "cd" in words else words
        self.honest: dict[str, bytes] = {}

    def compiled(self, source: Path, folder: Path) -> Path | None:
        """Object of a source that may lie elsewhere; None when it does not compile."""
        command = shlex.split(self.commands[source.name])
        output = folder / (source.name + ".o")
        command[command.index("-o") + 1] = str(output)
        command[command.index("-c") + 1] = str(source)
        code, _ = _run([*command, "-w", f"-ffile-prefix-map={source.parent}=./core/src"], _build())
        return output if code == 0 else None

    def sources(self, mutant: Mutant, text: str, folder: Path) -> list[Path]:
        """Sources that hold the mutant, the engine's own first."""
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        mutated = cpp_source.overlay(mutant, text, folder)
        if mutated.suffix == ".cpp":
            return [mutated]
        names = [f"{unit}.cpp" for unit in self.engine.units]
        for name in names:
            shutil.copy(ROOT / "core" / "src" / name, folder)
        return [folder / name for name in names]

    def _honest(self, path: Path) -> bytes:
        name = path.name.removesuffix(".o")
        if name not in self.honest:
            folder = self.folder / "honest"
            folder.mkdir(exist_ok=True)
            shutil.copy(ROOT / "core" / "src" / name, folder)
            compiled = self.compiled(folder / name, folder)
            if compiled is None:
                raise SystemExit(f"{name} does not compile as it is")
            self.honest[name] = compiled.read_bytes()
        return self.honest[name]

    def cpp(self, objects: list[Path], folder: Path) -> tuple[int | None, str]:
        """Run the engine's C++ tests with the objects; code and the first failure."""
        build = ROOT / "build"
        tests = build / "tests" / "cpp" / "CMakeFiles" / "strikeproof_tests.dir"
        program = folder / "tests"
        own = [str(tests / f"{stem}_test.cpp.o") for stem in self.engine.cpp]
        libraries = [str(build / "core" / "libstrikeproof.a"), "-lgtest_main", "-lgtest"]
        link = ["c++", *own, *map(str, objects), *libraries, "-pthread", "-o", str(program)]
        code, said = _run(link)
        if code != 0:
            raise SystemExit(f"the tests do not link:\n{said}")
        data = {"STRIKEPROOF_TEST_DATA": str(ROOT / "tests" / "data")}
        code, said = _run([str(program), "--gtest_brief=1"], environment=data)
        failed = re.search(r"\[  FAILED  \] (\S+?),? ", said)
        return code, failed.group(1) if failed else "crash"

    def python(self, objects: list[Path], folder: Path) -> tuple[int | None, str]:
        """Run the engine's Python tests with the objects; code and the first failure."""
        del folder
        link = list(self.link)
        output = self.package / "_core.abi3.so"
        link[link.index("-o") + 1] = str(output)
        library = next(n for n, word in enumerate(link) if word.endswith("libstrikeproof.a"))
        link[library:library] = map(str, objects)
        code, said = _run(link, _build())
        if code != 0:
            raise SystemExit(f"the extension does not link:\n{said}")
        # without `site` no editable install redirects the import
        path = os.pathsep.join([str(self.package.parent), sysconfig.get_path("purelib"), str(ROOT)])
        command = [sys.executable, "-S", "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider"]
        tests = [f"tests/python/{name}" for name in self.engine.python]
        code, said = _run([*command, *tests], environment={"PYTHONPATH": path})
        failed = re.search(r"^(?:FAILED|ERROR) \S*?(test_\S+::\S+)", said, re.MULTILINE)
        return code, failed.group(1) if failed else "crash"

    def judged(self, mutant: Mutant, text: str) -> Mutant:
        """The mutant with its verdict."""
        folder = self.folder / "mutant"
        first, *others = self.sources(mutant, text, folder)
        objects = [self.compiled(first, folder)]
        if objects[0] is None:
            return replace(mutant, verdict=table.NOT_COMPILED)
        differs = objects[0].read_bytes() != self._honest(objects[0])
        asked = [self.cpp] if differs else []
        for ask in (*asked, self.python):
            if ask == self.python:
                objects += [self.compiled(source, folder) for source in others]
                made = [path for path in objects if path is not None]
                if len(made) < len(objects):
                    return replace(mutant, verdict=table.NOT_COMPILED)
                if all(path.read_bytes() == self._honest(path) for path in made):
                    return replace(mutant, verdict=table.SAME_CODE)
            code, by = ask([path for path in objects if path is not None], folder)
            if code is None:
                return replace(mutant, verdict=table.TIMEOUT, by=by)
            if code != 0:
                return replace(mutant, verdict=table.KILLED, by=by)
        return replace(mutant, verdict=table.SURVIVED)


def main(arguments: list[str] | None = None) -> int:
    """Command line; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutation.engines", description=__doc__)
    parser.add_argument("engine", choices=sorted(ENGINES))
    parser.add_argument("--sample", type=int, default=80, help="mutants that run")
    parser.add_argument("--seed", type=int, default=11)
    parser.add_argument("--survivors", action="store_true", help="try the stored survivors again")
    parser.add_argument("--again", action="store_true", help="also try what has a verdict")
    options = parser.parse_args(arguments)
    trial = Trial(options.engine)
    found = cpp_source.mutants(options.engine, list(trial.engine.files))
    chosen = cpp_source.shuffled(found, options.seed)
    stored = {row.place(): row for row in table.read()}
    if options.survivors:
        survivors = {place for place, row in stored.items() if row.verdict == table.SURVIVED}
        chosen = [mutant for mutant in found if mutant.place() in survivors]
        stored = {}
    rows: list[Mutant] = []
    for mutant in chosen:
        if sum(row.verdict in table.TRIED for row in rows) >= options.sample:
            break
        old = None if options.again else stored.get(mutant.place())
        row = old or trial.judged(mutant, found[mutant])
        rows.append(row)
        table.keep(row)
    sys.stdout.write(f"{options.engine}: {len(rows)} mutants: {table.counts(rows)}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

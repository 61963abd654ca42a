"""`artifact(...)`: the one place that knows receipts, atomic files, the lock and doit's dictionary.

A task module says which artifact; this module makes it so that whatever moment the run is killed
at, the next one either finds a file that its receipt describes or makes it again:

1. the old receipt is removed,
2. inputs are hashed,
3. a worker writes a temporary file in the target's folder,
4. the file is read back under its schema, inputs are hashed again, and the file is moved in place,
5. the receipt is written last.
"""

from __future__ import annotations

import datetime
import os
import uuid
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from doit.exceptions import TaskError, TaskFailed

from tasks.evidence import catalog, receipts, repository, sources
from tasks.evidence.catalog import Artifact
from tasks.evidence.digest import canonical_json, sha256_file
from tasks.evidence.profiles import settings
from tasks.evidence.repository import ROOT
from tasks.graph import console, lock
from tasks.graph.console import Follow
from tasks.graph.process import REFUSED, Outcome, run_worker
from tasks.graph.settings import profile

LOCK_FILE = ROOT / ".doit.lock"
RUN_ID = uuid.uuid4().hex
BUILD_TASK = "build"  # makes the compiled core


class Job(ABC):
    """An action and its outputs: one file in the usual case, several for a build in place."""

    title: str
    receipt: Path

    @abstractmethod
    def recipe(self) -> receipts.Recipe:
        """Everything that decides the outputs' bytes, as it is now."""

    @abstractmethod
    def paths(self) -> dict[str, Path]:
        """Files of the outputs, by the name under which the receipt lists them."""

    @abstractmethod
    def run(self, follow: Follow, descriptor: int) -> Outcome:
        """Make the outputs; `descriptor` is the run lock, for children to hold."""

    def stale(self) -> list[str]:
        """Why the outputs cannot be believed to be what the present inputs give."""
        try:
            receipt = receipts.parse(self.receipt.read_bytes())
        except FileNotFoundError:
            return ["no receipt: never finished here"]
        except (OSError, ValueError) as error:
            return [f"receipt unusable: {error}"]
        try:
            recipe = self.recipe()
        except FileNotFoundError as error:
            return [f"input missing: {error.filename}"]
        return receipts.output_faults(receipt, self.paths()) + receipts.differences(receipt, recipe)

    def current(self) -> bool:
        """Whether doit may call the task up to date."""
        return not self.stale()

    def execute(self) -> TaskError | TaskFailed | None:
        """Make the outputs; the value is doit's: None on success."""
        try:
            return self._execute(lock.acquire(LOCK_FILE))
        except lock.LockedError as error:
            return TaskError(str(error))
        except FileNotFoundError as error:
            return TaskError(f"{self.title}: missing: {error.filename}")

    def _execute(self, descriptor: int) -> TaskError | TaskFailed | None:
        self.receipt.unlink(missing_ok=True)
        recipe = self.recipe()
        started = datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        with console.follow(self.title) as follow:
            outcome = self.run(follow, descriptor)
        if outcome.code != 0:
            kind = TaskError if outcome.code == REFUSED else TaskFailed
            return kind(f"{self.title}: {outcome.message or f'worker ended with {outcome.code}'}")
        recorded = receipts.Receipt(outputs={}, recipe=recipe, resources={}, run_id=RUN_ID)
        if changed := receipts.differences(recorded, self.recipe()):
            return TaskError(f"{self.title}: changed while it was made: {', '.join(changed)}")
        self._write_receipt(recipe, outcome, started)
        return None

    def _write_receipt(self, recipe: receipts.Recipe, outcome: Outcome, started: str) -> None:
        outputs = {name: sha256_file(path) for name, path in self.paths().items()}
        run = receipts.Run(
            started=started,
            wall_seconds=round(outcome.wall_seconds, 3),
            peak_memory_bytes=outcome.peak_memory_bytes,
            run_id=RUN_ID,
            commit=repository.commit(),
            tools=sources.package_versions(("doit",)),
        )
        write_atomic(self.receipt, canonical_json(receipts.statement(outputs, recipe, run)))


def write_atomic(path: Path, data: bytes) -> None:
    """Replace a file's content so that readers see the old bytes or the new, never a mixture."""
    temporary = temporary_beside(path)
    try:
        with temporary.open("wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def temporary_beside(path: Path) -> Path:
    """Name of a temporary file in the same folder, with the same suffix and this run's mark."""
    path.parent.mkdir(parents=True, exist_ok=True)
    return path.with_name(f".{path.stem}.{RUN_ID[:8]}.tmp{path.suffix}")


class ArtifactJob(Job):
    """One catalogued artifact, made by a worker in a temporary file and moved in place."""

    def __init__(self, spec: Artifact) -> None:
        self.spec = spec
        self.title = spec.path
        self.receipt = ROOT / spec.receipt
        self.target = ROOT / spec.path
        self.config = settings(spec, profile(), repository.commit() if spec.identified else None)

    def recipe(self) -> receipts.Recipe:
        """Maker, settings, and digests of data, code and compiled inputs."""
        spec = self.spec
        digests = sources.input_digests(spec)
        return receipts.Recipe(spec.build, self.config, digests, sources.versions())

    def paths(self) -> dict[str, Path]:
        """The artifact's own file."""
        return {self.spec.path: self.target}

    def run(self, follow: Follow, descriptor: int) -> Outcome:
        """Call the maker in a worker; keep its file only when it ends well and reads back."""
        self._sweep()
        temporary = temporary_beside(self.target)
        inputs = sources.input_paths(self.spec)
        job = {
            "build": self.spec.build,
            "output": str(temporary),
            "inputs": {name: str(path) for name, path in inputs.items()},
            "config": self.config,
        }
        try:
            outcome = run_worker(job, (descriptor,), follow, forked=not self.spec.timed)
            if outcome.code == 0:
                outcome = _checked(outcome, temporary)
            if outcome.code == 0:
                temporary.replace(self.target)
            return outcome
        finally:
            temporary.unlink(missing_ok=True)

    def _sweep(self) -> None:
        """Remove what a killed run left: the lock is held, so nobody else is writing here."""
        stem, suffix = self.target.stem, self.target.suffix
        for leftover in self.target.parent.glob(f".{stem}.*.tmp{suffix}"):
            leftover.unlink(missing_ok=True)


def _checked(outcome: Outcome, temporary: Path) -> Outcome:
    """The same outcome, or a failure when the maker left no file or an empty one."""
    if temporary.is_file() and temporary.stat().st_size > 0:
        with temporary.open("rb") as stream:
            os.fsync(stream.fileno())
        return outcome
    state = "an empty file" if temporary.is_file() else "no file"
    return replace(outcome, code=1, message=f"the maker ended without error but left {state}")


def artifact(spec: Artifact) -> dict[str, Any]:
    """Doit's dictionary for a catalogued artifact.

    Compiled programs and upstream artifacts are file dependencies, which gives doit the order;
    what is up to date is decided by the receipt. The compiled core is none: doit would make the
    artifact again for a change in a part of the core that it does not use.
    """
    job = ArtifactJob(spec)
    core = sources.core_path()
    needed = set(sources.input_paths(spec).values())
    return {
        "name": Path(spec.path).name,
        "doc": spec.title,
        "file_dep": sorted({shown(path) for path in _demanded(spec)} - {shown(core)}),
        "task_dep": [BUILD_TASK] if core in needed else [],
        "targets": [spec.path, spec.receipt],
        **job_task(job),
    }


def _demanded(spec: Artifact) -> Iterator[Path]:
    """Inputs that must be made first; what is read only where it lies there makes nothing run."""
    for name, path in sources.input_paths(spec).items():
        if not spec.inputs[name].startswith(catalog.IF_THERE):
            yield path


def shown(path: Path) -> str:
    """Name of a file for doit, which joins tasks by equal text: relative where it lies inside."""
    return path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else str(path)


def job_task(job: Job) -> dict[str, Any]:
    """The parts of doit's dictionary that every job has."""
    return {
        "actions": [(job.execute,)],
        "uptodate": [job.current],
        "clean": True,
        "meta": {"job": job},
    }


def family(name: str) -> Iterator[dict[str, Any]]:
    """Tasks of all artifacts of a catalogued family."""
    for spec in catalog.family(name):
        yield artifact(spec)


def families(words: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    """A group of tasks for each family, by name, with what `doit list` says of it."""
    for name, doc in words.items():
        yield {"basename": name, "name": None, "doc": doc}
        for task in family(name):
            yield task | {"basename": name}

"""doit's reporter for this graph: takes the run lock, checks words, shows times and memory."""

from __future__ import annotations

import time
from typing import Any

from doit.exceptions import InvalidTask
from doit.reporter import ConsoleReporter

from tasks.evidence import receipts
from tasks.graph import lock
from tasks.graph.artifact import LOCK_FILE, Job
from tasks.graph.settings import SettingError, check_words, given_words, profile


class EvidenceReporter(ConsoleReporter):  # type: ignore[misc]
    """Says what is made, what it cost, and at the end how much was already up to date."""

    desc = "what is made, with times and memory"

    def __init__(self, outstream: Any, options: dict[str, Any]) -> None:
        super().__init__(outstream, options)
        self._begun = time.monotonic()
        self._started: dict[str, float] = {}
        self._made = self._kept = 0

    def initialize(self, tasks: Any, selected_tasks: Any) -> None:
        """Refuse a second run and unknown words before anything is touched."""
        super().initialize(tasks, selected_tasks)
        try:
            check_words(given_words())
            lock.acquire(LOCK_FILE)
        except (SettingError, lock.LockedError) as error:
            raise InvalidTask(str(error)) from None

    def execute_task(self, task: Any) -> None:
        """Note when a task starts."""
        self._started[task.name] = time.monotonic()
        if task.actions:
            self.write(f".  {task.title()}\n")

    def add_success(self, task: Any) -> None:
        """Show what a finished task cost."""
        if not task.actions:
            return
        self._made += 1
        job = (task.meta or {}).get("job")
        seconds = time.monotonic() - self._started.get(task.name, self._begun)
        self.write(f"   {task.title()}: {seconds:.1f} s{_memory(job)}\n")

    def skip_uptodate(self, task: Any) -> None:  # noqa: ARG002 - doit's signature
        """Count what was kept; a line for each would drown what was made."""
        self._kept += 1

    def _write_failure(self, result: dict[str, Any], write_exception: bool = True) -> None:
        message = result["exception"].get_msg() if write_exception else ""
        self.write(f"FAILED {result['task'].name}\n{message}\n")

    def complete_run(self) -> None:
        """Close with one line: made, kept, failed, seconds."""
        super().complete_run()
        seconds = time.monotonic() - self._begun
        failed = f", {len(self.failures)} failed" if self.failures else ""
        self.write(
            f"{self._made} made, {self._kept} up to date{failed} "
            f"({profile()} profile, {seconds:.1f} s)\n"
        )


def _memory(job: Job | None) -> str:
    if job is None:
        return ""
    try:
        resources = receipts.parse(job.receipt.read_bytes()).resources
    except (OSError, ValueError):
        return ""
    return f", {resources['peak_memory_bytes'] / 1e6:.0f} MB"

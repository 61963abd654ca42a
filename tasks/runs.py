"""Wiring of the run logs: `doit run_start`, `run_exec`, `run_finish` and `run_ticket`.

They are commands, not tasks: nothing is up to date about them, and the lock of the graph stays
free for the recorded command, which may be doit itself.
"""

from __future__ import annotations

from typing import Any

from doit.cmd_base import Command

from tasks.evidence.faults import EvidenceFault
from tasks.evidence.repository import ROOT
from tasks.evidence.review import refusals, run_log
from tasks.evidence.review.git import Git
from tasks.graph import recorder, settings
from tasks.graph.command_line import guarded, needed, show


class RunStart(Command):  # type: ignore[misc]
    """``doit run_start ticket=ID run_name=NAME``."""

    name = "run_start"
    doc_purpose = "open the log of a run for a ticket"
    doc_usage = "ticket=ID run_name=NAME"

    def execute(self, opt_values: Any, pos_args: list[str]) -> int:  # noqa: ARG002
        """Open the run."""
        return guarded(self.name, self._start)

    def _start(self) -> int:
        words = settings.words_of("ticket", "run_name")
        ticket, run_name = needed(words, "ticket", "run_name")
        recorder.start(Git(ROOT), ticket, run_name, settings.profile())
        show(f"opened {run_log.FOLDER}/{run_name}\n")
        return 0


class RunExec(Command):  # type: ignore[misc]
    """``doit run_exec run_name=NAME cmd="..."``."""

    name = "run_exec"
    doc_purpose = "run a command without a shell and record it"
    doc_usage = 'run_name=NAME cmd="[NAME=value ...] program words ..."'

    def execute(self, opt_values: Any, pos_args: list[str]) -> int:  # noqa: ARG002
        """Run and record; the exit code is the command's."""
        return guarded(self.name, self._exec)

    def _exec(self) -> int:
        words = settings.words_of("run_name", "cmd")
        run_name, command = needed(words, "run_name", "cmd")
        code = recorder.execute(Git(ROOT), run_name, command, show)
        show(f"recorded: exit code {code}\n")
        return code


class RunFinish(Command):  # type: ignore[misc]
    """``doit run_finish run_name=NAME``."""

    name = "run_finish"
    doc_purpose = "close the log of a run with the figures of the metrics summary"
    doc_usage = "run_name=NAME"

    def execute(self, opt_values: Any, pos_args: list[str]) -> int:  # noqa: ARG002
        """Close the run."""
        return guarded(self.name, self._finish)

    def _finish(self) -> int:
        (run_name,) = needed(settings.words_of("run_name"), "run_name")
        recorder.finish(Git(ROOT), run_name)
        show(f"finished {run_log.FOLDER}/{run_name}\n")
        return 0


class RunTicket(Command):  # type: ignore[misc]
    """``doit run_ticket ticket=ID [run_name=NAME]``."""

    name = "run_ticket"
    doc_purpose = "log a run of a ticket: open it, run the ticket's own commands, close it"
    doc_usage = "ticket=ID [run_name=NAME]"

    def execute(self, opt_values: Any, pos_args: list[str]) -> int:  # noqa: ARG002
        """Log the run; 1 when a command failed, which the log then says."""
        return guarded(self.name, self._ticket)

    def _ticket(self) -> int:
        words = settings.words_of("ticket", "run_name")
        (ticket,) = needed(words, "ticket")
        git = Git(ROOT)
        commands = refusals.find_ticket(git, ticket).commands
        if changed := recorder.uncommitted(git):
            why = "uncommitted: commands would show nothing of HEAD; commit it, or git stash -u"
            raise EvidenceFault([f"{path}: {why}" for path in changed])
        run_name = words.get("run_name") or recorder.free_name(git, ticket)
        recorder.start(git, ticket, run_name, settings.profile())
        failed = 0
        for command in commands:
            show(f"=== {command}\n")
            code = recorder.execute(git, run_name, command, show)
            failed += code != 0
            show(f"=== exit code {code}\n")
        recorder.finish(git, run_name)
        show(f"logged {run_log.FOLDER}/{run_name}: {len(commands)} commands, {failed} failed\n")
        return 1 if failed else 0

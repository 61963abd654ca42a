"""Commands that doit lacks: ``doit plan``, ``doit verify`` and ``doit graph``.

All of them only look: nothing is run, no lock is taken, doit's database is not changed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from doit.cmd_base import DoitCmdBase
from doit.control import TaskControl
from doit.doit_cmd import get_var
from doit.exceptions import InvalidCommand

from tasks.evidence import drawing
from tasks.graph.artifact import Job
from tasks.graph.process import REFUSED


def upstream(name: str, tasks: Mapping[str, Any]) -> list[str]:
    """Direct dependencies of a task, as doit found them from files, groups and names."""
    task = tasks[name]
    return list(dict.fromkeys([*task.task_dep, *task.setup_tasks]))


def in_order(selected: list[str], tasks: Mapping[str, Any]) -> Iterator[str]:
    """Names of the selected tasks and all they need, each after what it needs."""
    seen: set[str] = set()

    def visit(name: str) -> Iterator[str]:
        if name in seen:
            return
        seen.add(name)
        for needed in upstream(name, tasks):
            yield from visit(needed)
        yield name

    for name in selected:
        yield from visit(name)


def reasons_to_run(selected: list[str], tasks: Mapping[str, Any]) -> dict[str, list[str]]:
    """Why each task with work to do would run; an empty list means it is up to date.

    A task behind one that runs is named as such: whether it runs as well is known only when the
    new bytes are there, because equal bytes stop a rebuild.
    """
    found: dict[str, list[str]] = {}
    behind: dict[str, bool] = {}
    for name in in_order(selected, tasks):
        waits = [needed for needed in upstream(name, tasks) if behind.get(needed)]
        job: Job | None = (tasks[name].meta or {}).get("job")
        if job is not None:
            found[name] = job.stale() or [f"if {needed} gives new bytes" for needed in waits]
        behind[name] = bool(found.get(name)) or bool(waits)
    return found


class Plan(DoitCmdBase):  # type: ignore[misc]
    """``doit plan [TASK ...]``."""

    name = "plan"
    doc_purpose = "show what would run and why, without running it"
    doc_usage = "[TASK ...]"
    doc_description = None
    cmd_options = ()

    def _execute(self, pos_args: list[str]) -> int:
        control = TaskControl(self.task_list)
        control.process(pos_args or self.sel_tasks)
        found = reasons_to_run(control.selected_tasks, control.tasks)
        for name, reasons in found.items():
            for position, reason in enumerate(reasons):
                self.outstream.write(f"{name if position == 0 else '':40s} {reason}\n")
        waiting = sum(1 for reasons in found.values() if reasons)
        self.outstream.write(f"{waiting} would run, {len(found) - waiting} up to date\n")
        self.dep_manager.close()
        return 0


class Verify(DoitCmdBase):  # type: ignore[misc]
    """``doit verify [pack=PATH]``."""

    name = "verify"
    doc_purpose = "check a pack (pack=PATH), or hash everything here against its receipts"
    doc_usage = "[pack=PATH]"
    doc_description = None
    cmd_options = ()

    def _execute(self) -> int:
        pack = get_var("pack")
        if pack is not None:
            from tasks.evidence import verify  # heavy, and not needed by the other commands

            self.dep_manager.close()
            return verify.main([str(pack)])
        control = TaskControl(self.task_list)
        control.process(self.sel_tasks)
        refused = 0
        for name in in_order(control.selected_tasks, control.tasks):
            job: Job | None = (control.tasks[name].meta or {}).get("job")
            if job is None:
                continue
            reasons = job.stale()
            refused += bool(reasons)
            state = "refused" if reasons else "verified"
            self.outstream.write(
                f"{state:9s} {name}{': ' if reasons else ''}{'; '.join(reasons)}\n"
            )
        self.outstream.write(f"{refused} refused\n" if refused else "nothing refused\n")
        self.dep_manager.close()
        return REFUSED if refused else 0


_GRAPH_FORMAT = {
    "name": "format",
    "long": "format",
    "type": str,
    "default": "mermaid",
    "help": "mermaid or svg [default: %(default)s]",
}


class Graph(DoitCmdBase):  # type: ignore[misc]
    """``doit graph [--format mermaid|svg]``."""

    name = "graph"
    doc_purpose = "draw the task graph as Mermaid or SVG text"
    doc_usage = "[--format mermaid|svg]"
    doc_description = None
    cmd_options = (_GRAPH_FORMAT,)

    def _execute(self, format: str) -> int:  # noqa: A002 - doit passes options by their names
        control = TaskControl(self.task_list)
        control.process(self.sel_tasks)
        edges = family_edges(control.tasks)
        if format not in drawing.FORMATS:
            raise InvalidCommand(f"--format {format}: must be one of {', '.join(drawing.FORMATS)}")
        self.outstream.write(drawing.FORMATS[format](edges))
        self.dep_manager.close()
        return 0


def family_edges(tasks: Mapping[str, Any]) -> dict[str, list[str]]:
    """Families of tasks, each with those whose files it reads."""
    edges: dict[str, set[str]] = {}
    for name, task in tasks.items():
        if (task.meta or {}).get("job") is None:
            continue
        family = name.partition(":")[0]
        needed = {other.partition(":")[0] for other in task.task_dep}
        edges.setdefault(family, set()).update(needed - {family})
    return {family: sorted(needed) for family, needed in edges.items()}

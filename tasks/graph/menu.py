"""``doit list`` as a menu: what is asked for every day first, commands among the tasks.

With options or names of tasks it is doit's own command.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from doit.cmd_list import List

# Headings and what stands below them in this order; tasks that no heading names come last.
GROUPS: Mapping[str, tuple[str, ...]] = {
    "Every day": ("plan", "validation_pack", "report", "metrics_gate", "verify"),
    "Evidence, made by a plain `doit`": (
        "build",
        "ql_parity",
        "benchmarks",
        "instruction_counts",
        "market_fit",
        "wrds_sample",
        "method_agreement",
        "pde_order",
        "mc_coverage",
        "qmc_efficiency",
        "heston_scheme_bias",
        "variance_reduction",
        "metrics_summary",
        "bundle_self_test",
        "gate_mutants",
    ),
    "Optional, made on request": (
        "frontier",
        "products",
        "smile_models",
        "peers",
        "benchmark_regression",
        "docs",
        "soak",
        "graph",
    ),
    "Review bundles": (
        "run_ticket",
        "run_start",
        "run_exec",
        "run_finish",
        "bundle",
        "verify_bundle",
    ),
}
_OTHERS = "Others"
_FOOT = (
    "`doit NAME` makes one and what it needs, `doit` the whole evidence.\n"
    "`doit help NAME` says more, `doit list --all` names every file, `doit help` doit's commands.\n"
)


def lines(words: Mapping[str, str]) -> Iterator[str]:
    """The menu from names and what is said of them."""
    width = max(map(len, words)) + 2
    named = {name for names in GROUPS.values() for name in names}
    others = tuple(sorted(words.keys() - named))
    for heading, names in {**GROUPS, _OTHERS: others}.items():
        present = [name for name in names if name in words]
        if not present:
            continue
        yield f"{heading}:\n"
        for name in present:
            yield f"{name:<{width}}{words[name].rstrip('.')}\n"
        yield "\n"
    yield _FOOT


class Menu(List):  # type: ignore[misc]
    """``doit list [TASK ...]``."""

    name = "list"
    doc_purpose = "show tasks and commands as a menu"
    doc_usage = "[TASK ...]"

    def __init__(self, cmds: Any = None, **kwargs: Any) -> None:
        super().__init__(cmds=cmds, **kwargs)
        self._commands = cmds

    def _execute(  # doit passes options by the names of the arguments
        self,
        subtasks: bool = False,
        quiet: bool = False,
        status: bool = False,
        private: bool = False,
        list_deps: bool = False,
        template: str | None = None,
        sort: str = "name",
        pos_args: list[str] | None = None,
    ) -> int:
        own = subtasks or quiet or status or private or list_deps or template or sort != "name"
        if pos_args or own:
            given = (subtasks, quiet, status, private, list_deps, template, sort, pos_args)
            return int(super()._execute(*given))
        tasks = {
            task.name: task.doc or ""
            for task in self.task_list
            if not task.subtask_of and not task.name.startswith("_")
        }
        named = {name for names in GROUPS.values() for name in names}
        commands = {
            name: self._commands.get_plugin(name).doc_purpose
            for name in self._commands
            if name in named
        }
        capital = {name: purpose[:1].upper() + purpose[1:] for name, purpose in commands.items()}
        # at once: a reader that stops early, like head, must not break it
        self.outstream.write("".join(lines({**capital, **tasks})))
        return 0

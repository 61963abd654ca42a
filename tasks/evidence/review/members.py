"""Names of a bundle's members."""

from __future__ import annotations

from tasks.evidence import catalog
from tasks.evidence.review import run_log, tickets

FOLDER = "docs/gpt_bundles"
PATCH = "DIFF.patch"
LAST_COMMIT = "LAST_COMMIT.txt"

DOCUMENTS = (
    "AGENTS.md",
    "PROGRESS.md",
    "docs/PLAN_OF_RECORD.md",
    "docs/DOCS_AND_LOGGING_SYSTEM.md",
    tickets.PATH,
    "project_state/CURRENT_RESULTS.md",
    "project_state/KNOWN_ISSUES.md",
    "project_state/CONFIG_REFERENCE.md",
)
# Made by the graph and not committed.
MADE = (
    catalog.MANIFEST.path,
    catalog.MANIFEST.receipt,
    catalog.SUMMARY.path,
    catalog.SUMMARY.receipt,
)


def from_tree(run_name: str) -> tuple[str, ...]:
    """Members that are files of the tree: documents, the run's log, what the graph made."""
    log = tuple(f"{run_log.FOLDER}/{run_name}/{name}" for name in run_log.FILES)
    return (*DOCUMENTS, *log, *MADE)


def expected(run_name: str) -> set[str]:
    """Every member of a bundle: nothing more, nothing less."""
    return {*from_tree(run_name), PATCH, LAST_COMMIT}


def meta_of(run_name: str) -> str:
    """Member that holds META.json."""
    return f"{run_log.FOLDER}/{run_name}/{run_log.META}"

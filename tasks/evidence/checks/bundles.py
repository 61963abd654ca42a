"""The bundler's refusals: the record is that of the declared lies, and some are tried anew."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator

from tasks.evidence import catalog
from tasks.evidence.checks.evidence import Evidence
from tasks.evidence.claims import EXIT_REFUSED
from tasks.evidence.faults import Finding
from tasks.evidence.review import self_test
from tasks.evidence.review.self_test import Record

REFUSALS = catalog.BUNDLE_REFUSALS
_SAMPLED = 4  # lies that are tried anew
_PARTS = (
    *("container", "members", "META.json", "run log"),
    *("receipts", "patch", "documents", "content"),
)


def check(evidence: Evidence) -> Iterator[Finding]:
    """Every declared lie is recorded once, refused in its words; sampled ones are refused here."""
    record = evidence.get(REFUSALS.path)
    if record is None:
        return
    problems = [*_recorded(record)]
    if not problems:
        problems = [*_retried(record, evidence.commit)]
    yield from (Finding(REFUSALS.path, problem, REFUSALS.fix) for problem in problems)


def _recorded(record: Record) -> Iterator[str]:
    names = [trial.id for trial in record.refusals]
    declared = list(self_test.DECLARED)
    if names != declared:
        odd = sorted(set(names) ^ set(declared)) or ["their order"]
        yield f"{len(names)} refusals recorded, {len(declared)} declared: not so {', '.join(odd)}"
    for trial in record.refusals:
        pattern = self_test.DECLARED.get(trial.id)
        if pattern is None:
            continue
        if not trial.refused or trial.exit_code != EXIT_REFUSED:
            yield f"{trial.id} was not refused with exit code {EXIT_REFUSED}: {trial.words}"
        elif not re.search(pattern, trial.words):
            yield f"{trial.id} was refused in other words than {pattern}: {trial.words}"
    said = "\n".join(record.good_path)
    for part in _PARTS:
        if f"verified: {part}, " not in said:
            yield f"the honest bundle's {part} is not verified"


def _retried(record: Record, commit: str | None) -> Iterator[str]:
    """Lies chosen by the commit, tried in a scratch repository of this process."""
    chosen = random.Random(commit).sample(sorted(self_test.DECLARED), _SAMPLED)
    stored = {trial.id: trial for trial in record.refusals}
    for trial in self_test.retried(tuple(chosen)):
        if trial != stored[trial.id]:
            said = stored[trial.id].words
            yield f"{trial.id}: recorded {said!r}, tried anew {trial.words!r} ({trial.exit_code})"


def notes(evidence: Evidence) -> Iterator[str]:
    """How many refusals are proved, of how many that are declared."""
    record = evidence.get(REFUSALS.path)
    if record is not None:
        proved = sum(trial.refused for trial in record.refusals)
        yield f"bundles: {proved} of {len(self_test.DECLARED)} refusals proved"

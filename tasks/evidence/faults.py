"""What is wrong with evidence: a list of messages, because every fault is told, not the first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


class EvidenceFault(ValueError):
    """A file that cannot be believed; `faults` holds every reason found."""

    def __init__(self, faults: Iterable[str]) -> None:
        self.faults = list(faults)
        super().__init__("; ".join(self.faults))


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One fault for people: which file, what is wrong, the command that mends it."""

    path: str
    problem: str
    fix: str

    def __str__(self) -> str:
        return f"{self.path}: {self.problem}; fix: {self.fix}"


def reasons(error: ValueError) -> list[str]:
    """All reasons that an error carries; the message itself where it lists none."""
    faults = getattr(error, "faults", None)
    return list(faults) if faults else [str(error)]

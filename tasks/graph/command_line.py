"""What our commands of doit share: words that must be given, and refusals with exit code 2."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping

from tasks.evidence.claims import EXIT_REFUSED
from tasks.evidence.faults import EvidenceFault, reasons
from tasks.graph.lock import LockedError


def guarded(name: str, action: Callable[[], int]) -> int:
    """Exit code of a command; a refusal is 2, with every reason."""
    try:
        return action()
    except (ValueError, LockedError) as error:
        said = reasons(error) if isinstance(error, ValueError) else [str(error)]
        sys.stderr.write("\n".join([f"{name} refused:", *said, ""]))
        return EXIT_REFUSED


def needed(words: Mapping[str, str], *names: str) -> list[str]:
    """Values of words that must be given.

    Raises
    ------
    EvidenceFault
        Names each that was not.
    """
    if absent := [name for name in names if name not in words]:
        raise EvidenceFault([f"{name}=... must be given" for name in absent])
    return [words[name] for name in names]


def show(text: str) -> None:
    """Write to the terminal at once."""
    sys.stdout.write(text)
    sys.stdout.flush()

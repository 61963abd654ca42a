"""What a verifier says of each thing: verified, recorded only, or refused."""

from __future__ import annotations

from dataclasses import dataclass

VERIFIED, RECORDED, REFUSED = "verified", "recorded only", "refused"
EXIT_REFUSED = 2


@dataclass(frozen=True, slots=True)
class Claim:
    """One thing that a pack or bundle says, and what came of checking it."""

    subject: str
    state: str
    detail: str


def table(claims: list[Claim]) -> str:
    """Claims as aligned text for people, with the number of refusals last."""
    width = max(len(claim.subject) for claim in claims)
    lines = [f"{c.state:13s} {c.subject:{width}s}  {c.detail}" for c in claims]
    refused = sum(claim.state == REFUSED for claim in claims)
    return "\n".join([*lines, f"{refused} refused" if refused else "nothing refused", ""])

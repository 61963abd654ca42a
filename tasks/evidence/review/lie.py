"""Registers of lies: what is done to a scratch repository, and the words that must refuse it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tasks.evidence.digest import canonical_json
from tasks.evidence.review import run_log, tickets
from tasks.evidence.review.scratch import RUN, TICKET, Scratch, run_of

Change = Callable[[Scratch], Any]
FOLDER = f"{run_log.FOLDER}/{RUN}"
WORD = "hunter" + "2hunter2"  # a secret, spelt in parts so that no rule finds it here


@dataclass(frozen=True, slots=True)
class Lie:
    """A lie in a scratch repository, and the pattern of the words that must refuse it."""

    title: str
    pattern: str
    change: Change


class Register(dict[str, Lie]):
    """Lies by id."""

    def lie(self, number: str, title: str, pattern: str) -> Callable[[Change], None]:
        """Register a function as a lie."""

        def register(change: Change) -> None:
            self[number] = Lie(title, pattern, change)

        return register

    def committed(self, number: str, title: str, pattern: str, change: Change) -> None:
        """Register a lie that is committed, as a careless author would."""

        def changed(scratch: Scratch) -> None:
            change(scratch)
            scratch.commit("Lie")

        self[number] = Lie(title, pattern, changed)

    def asked(self, number: str, title: str, pattern: str, **words: str) -> None:
        """Register words of the command line that must be refused."""

        def change(scratch: Scratch) -> None:
            for name, value in words.items():
                setattr(scratch, name, value)

        self[number] = Lie(title, pattern, change)


def meta(**values: Any) -> Change:
    """Change META.json: None removes a key."""

    def change(scratch: Scratch) -> None:
        document = {**run_log.meta(scratch.records()), **values}
        kept = {key: value for key, value in document.items() if value is not None}
        scratch.log(run_log.META).write_bytes(canonical_json(kept))

    return change


def recorded(before: str | None = None, **changes: Any) -> Change:
    """The run with another record of its command, or begun at another commit."""

    def change(scratch: Scratch) -> None:
        text = scratch.path(tickets.PATH).read_text(encoding="utf-8")
        start, *_, finish = scratch.records()
        begun = before or start["git_sha_before"]
        ticket = tickets.find(text, TICKET)
        scratch.write_run(run_of(ticket, RUN, begun, finish["git_sha"], **changes))

    return change


def without(page: str) -> Change:
    """The run without one of its files."""
    return lambda scratch: scratch.log(page).unlink()


def noted(words: str) -> Change:
    """The words in the prose of RESULTS.md."""
    mark = "<!-- end of prose"
    return lambda scratch: scratch.edit(scratch.log("RESULTS.md"), mark, f"{words}\n{mark}")

"""Proof of the bundler's refusals: every lie is tried, and an honest bundle is made and verified.

The record, docs/artifacts/bundle_refusals.json, is required by the gate, which compares it with
the list of lies and tries some of them anew. A lie counts as refused when the exit code is 2, the
words name what is wrong, no planted secret is shown, and no bundle is left.
"""

from __future__ import annotations

import itertools
import re
import tempfile
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StrictInt, StrictStr

from tasks.evidence import zip_rules
from tasks.evidence.claims import EXIT_REFUSED, RECORDED, REFUSED, VERIFIED
from tasks.evidence.digest import canonical_json
from tasks.evidence.review import bundle, bundle_lies, members, rule_lies, scratch, verify_bundle
from tasks.evidence.review.scratch import Scratch
from tasks.evidence.review.zip_lies import ZIP_LIES

LIES = {**bundle_lies.LIES, **rule_lies.LIES}
SCHEMA = "strikeproof/bundle_refusals/1"
DECLARED: Mapping[str, str] = {  # id -> pattern of the refusal, in the order of the record
    **{number: lie.pattern for number, lie in sorted(LIES.items())},
    **{number: lie.pattern for number, lie in sorted(ZIP_LIES.items())},
}
_WORDS = 300  # of a refusal are kept
_AT_ONCE = 4


class Trial(BaseModel):
    """One lie and what was said to it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Annotated[StrictStr, Field(pattern=r"^(M[0-9]{3}|R[0-9]{2})[a-z]?$")]
    title: StrictStr
    refused: bool
    exit_code: StrictInt
    words: Annotated[StrictStr, Field(min_length=1)]


class Record(BaseModel):
    """Content of bundle_refusals.json."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    record_schema: Annotated[Literal["strikeproof/bundle_refusals/1"], Field(alias="schema")]
    good_path: list[StrictStr]  # the honest bundle's claims
    refusals: list[Trial]


@contextmanager
def workshop() -> Iterator[Callable[[], Scratch]]:
    """A source of fresh scratch repositories, all removed at the end."""
    with tempfile.TemporaryDirectory(prefix="strikeproof-bundle-") as folder:
        whole = scratch.create(Path(folder) / "whole")
        numbers = itertools.count()  # which threads may share
        yield lambda: scratch.copy(whole, Path(folder) / str(next(numbers)))


def good_path(found: Scratch) -> list[str]:
    """Claims of the bundle of an honest repository; a refusal of it is a defect of the rules.

    Raises
    ------
    ValueError
        It is refused, or the same request gives other bytes.
    """
    path = bundle.make(found.request())
    data = path.read_bytes()
    path.unlink()
    found.run_name = None  # the newest run is the same one
    again = bundle.make(found.request())
    if again != path or again.read_bytes() != data:
        raise ValueError("the same request gives another bundle")
    claims = verify_bundle.verify(path, found.git)
    if any(claim.state == REFUSED for claim in claims):
        raise ValueError("\n".join(f"{c.subject}: {c.detail}" for c in claims))
    kinds = {VERIFIED: "verified", RECORDED: "recorded"}
    return [f"{kinds[claim.state]}: {claim.subject}, {claim.detail}" for claim in claims]


def attempt(number: str, found: Scratch) -> dict[str, Any]:
    """Try one lie; the entry of the record."""
    lie = LIES.get(number) or ZIP_LIES[number]
    code, said = _refusal(number, found)
    lines = [line for line in said.splitlines() if re.search(lie.pattern, line)]
    words = (lines or said.splitlines() or ["nothing was said"])[0]
    shown = bool(found.hidden) and found.hidden in said
    return {
        "id": number,
        "title": lie.title,
        "refused": bool(lines) and code == EXIT_REFUSED and not shown,
        "exit_code": code,
        "words": "a planted secret was shown" if shown else words[:_WORDS],
    }


def _refusal(number: str, found: Scratch) -> tuple[int, str]:
    """Exit code and words; a crash is no refusal, a bundle that is left is none either."""
    try:
        if number in ZIP_LIES:
            return _zip_refusal(number, found)
        LIES[number].change(found)
        there = set(found.path(members.FOLDER).glob("*"))
        code, said = bundle.attempt(found.request())
        left = set(found.path(members.FOLDER).glob("*")) - there
        return (0, f"a bundle was left: {len(left)}") if left else (code, said)
    except Exception as error:
        return 1, f"a crash: {type(error).__name__}: {error}"


def _zip_refusal(number: str, found: Scratch) -> tuple[int, str]:
    path = bundle.make(found.request())
    content = zip_rules.read_members(path)
    path.write_bytes(ZIP_LIES[number].change(content, path.read_bytes()))
    claims = verify_bundle.verify(path, found.git)
    refused = [f"{c.subject}: {c.detail}" for c in claims if c.state == REFUSED]
    return (EXIT_REFUSED if refused else 0), "\n".join(refused)


def write_bundle_refusals(
    output: Path,
    *,
    inputs: Mapping[str, Path],  # noqa: ARG001 - one signature for all makers
    config: Mapping[str, Any],  # noqa: ARG001
    progress: Callable[[int, int], None],
) -> None:
    """Try every lie and write the record.

    Raises
    ------
    ValueError
        The honest bundle is refused, or some lie is not refused in its words.
    """
    with workshop() as fresh:
        claims = good_path(fresh())
        trials = []
        with ThreadPoolExecutor(_AT_ONCE) as pool:  # most of the time git works
            for trial in pool.map(lambda number: attempt(number, fresh()), DECLARED):
                trials.append(trial)
                progress(len(trials), len(DECLARED))
    missed = [trial for trial in trials if not trial["refused"]]
    if missed:
        said = [f"{trial['id']} ({trial['title']}): {trial['words']}" for trial in missed]
        raise ValueError("\n".join([f"{len(missed)} lie(s) not refused in their words:", *said]))
    record = {"schema": SCHEMA, "good_path": claims, "refusals": trials}
    output.write_bytes(canonical_json(record))


@lru_cache(maxsize=4)
def retried(chosen: tuple[str, ...]) -> tuple[Trial, ...]:
    """Some lies tried anew, once a process: they depend on the code alone."""
    with workshop() as fresh:
        return tuple(Trial.model_validate(attempt(number, fresh())) for number in chosen)


def table(record: Record) -> str:
    """The record for people: every refusal with its words, then the honest bundle's claims."""
    lines = [f"refused  {t.id:6s} {t.title}: {t.words}" for t in record.refusals if t.refused]
    lines += [f"MISSED   {t.id:6s} {t.title}: {t.words}" for t in record.refusals if not t.refused]
    lines += [f"honest bundle: {claim}" for claim in record.good_path]
    proved = sum(trial.refused for trial in record.refusals)
    return "\n".join([*lines, f"{proved} of {len(DECLARED)} refusals proved", ""])

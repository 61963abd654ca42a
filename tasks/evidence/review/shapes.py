"""What each kind of record holds, field by field: a chain may be whole and still say nonsense."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictInt, StrictStr, ValidationError

from tasks.evidence.tolerances import validation_messages

_Count = Annotated[StrictInt, Field(ge=0)]
_Commit = Annotated[StrictStr, Field(pattern=r"^[0-9a-f]{40}([0-9a-f]{24})?$")]
_Sha256 = Annotated[StrictStr, Field(pattern=r"^[0-9a-f]{64}$")]
_Moment = Annotated[StrictStr, Field(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")]
_Line = Annotated[StrictStr, Field(pattern=r"^[^\n]*$")]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Figures(_Strict):
    """Headline figures of a metrics summary."""

    source: StrictStr
    profile: StrictStr
    commit: StrictStr | None
    status: dict[StrictStr, StrictStr]
    figures: dict[StrictStr, StrictBool | StrictInt | float | StrictStr]


class Asked(_Strict):
    """A ticket as it was when the run was opened."""

    id: _Line
    title: _Line
    goal: _Line
    acceptance: list[_Line]
    commands: list[_Line]
    artifacts: list[_Line]
    paths: list[_Line]


class Output(_Strict):
    """What is kept of a command's output."""

    lines: _Count
    bytes: _Count
    sha256: _Sha256
    tail: list[_Line]


class Tests(_Strict):
    """Counts of a JUnit report."""

    tests: _Count
    passed: _Count
    failed: _Count
    errors: _Count
    skipped: _Count
    suites: dict[_Line, _Count]
    failed_tests: list[_Line]


class _Linked(_Strict):
    number: _Count
    previous: _Sha256


class Start(_Linked):
    """The opening of a run."""

    kind: Literal["start"]
    ticket: Asked
    run_name: _Line
    git_sha_before: _Commit
    started: _Moment
    machine: dict[StrictStr, StrictInt | StrictStr]
    versions: dict[StrictStr, StrictStr]
    profile: Literal["fast", "full"]
    figures: Figures | None


class Command(_Linked):
    """A command that was run."""

    kind: Literal["command"]
    command: Annotated[_Line, Field(min_length=1)]
    commit: _Commit
    dirty: StrictBool
    exit_code: StrictInt
    output: Output
    seconds: Annotated[float, Field(ge=0.0)]
    started: _Moment
    tests: Tests | None


class Finish(_Linked):
    """The closing of a run."""

    kind: Literal["finish"]
    finished: _Moment
    git_sha: _Commit
    figures: Figures


KINDS: Mapping[str, type[_Linked]] = {"start": Start, "command": Command, "finish": Finish}


def fault(record: Mapping[str, Any]) -> str | None:
    """Why a record is not one of its kind; None when it is."""
    kind = KINDS.get(str(record.get("kind")))
    if kind is None:
        return f"kind is {record.get('kind')!r}"
    try:
        kind.model_validate(record)
    except ValidationError as error:
        return "; ".join(validation_messages(error))
    return None

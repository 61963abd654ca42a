"""JSON as evidence: read so that nothing is dropped, guessed or repaired silently.

Python's reader keeps the last of two equal keys and accepts NaN; a byte-order mark or CRLF shows
that another program saved the file. All of these are refused here, and files of our own must be
in canonical form to the byte.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NoReturn

from tasks.evidence.digest import canonical_json


class JsonFault(ValueError):
    """A JSON file that cannot be evidence; the message says why, without the path."""


def _no_constant(text: str) -> NoReturn:
    raise JsonFault(f"non-finite number {text}")


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise JsonFault(f"duplicate key {key!r}")
        found[key] = value
    return found


def text_of(data: bytes) -> str:
    """UTF-8 text of evidence: no byte-order mark, LF only, a newline at the end.

    Raises
    ------
    JsonFault
        Says which rule the bytes break.
    """
    if not data:
        raise JsonFault("empty file")
    if data.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        raise JsonFault("starts with a byte-order mark: resaved by another program?")
    if b"\r" in data:
        raise JsonFault("has CRLF line ends: resaved by another program?")
    if not data.endswith(b"\n"):
        raise JsonFault("no newline at the end: truncated?")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise JsonFault(f"not UTF-8 at byte {error.start}") from None


def parse(data: bytes, *, canonical: bool) -> Any:
    """Document of a JSON text.

    Parameters
    ----------
    data : bytes
        Content of the file.
    canonical : bool
        Demand the exact bytes that `canonical_json` writes (files of our own).

    Raises
    ------
    JsonFault
        Not JSON, or one of the rules is broken.
    """
    text = text_of(data)
    try:
        document = json.loads(text, object_pairs_hook=_no_duplicates, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        raise JsonFault(
            f"not JSON: {error.msg} at line {error.lineno} column {error.colno}"
        ) from None
    except RecursionError:
        raise JsonFault("not JSON of ours: nested too deeply") from None
    try:
        same = not canonical or canonical_json(document) == data
    except ValueError:  # 1e999 reads as infinity
        raise JsonFault("non-finite number") from None
    if not same:
        raise JsonFault("not in canonical form: edited by hand, or resaved by another program")
    return document


def read(path: Path, *, canonical: bool = True) -> Any:
    """Document of a JSON file; see `parse`."""
    return parse(path.read_bytes(), canonical=canonical)

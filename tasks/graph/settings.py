"""What the environment and the command line may choose: profile, sample mode, named words.

This is the only module of the graph that reads the environment. Every value is checked; a value
that means nothing is refused, never ignored.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping

from doit import doit_cmd

# Words of the command line (`doit verify pack=...`) and what each may look like.
WORDS: Mapping[str, str] = {
    "clone": r".{1,4000}",
    "cmd": r".{1,2000}",
    "n": r"[1-9][0-9]{0,5}",
    "pack": r".{1,4000}",
    "path": r".{1,4000}",
    "run_name": r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}",
    "ticket": r"ticket-[0-9]{2}[a-z]?",
}


class SettingError(ValueError):
    """A setting or word that the graph does not know; the message says the allowed values."""


def _switch(name: str, default: bool) -> bool:
    value = os.environ.get(name, "")
    if value not in ("", "0", "1"):
        raise SettingError(f"{name}={value!r}: must be 0 or 1 (or unset)")
    return default if value == "" else value == "1"


def profile() -> str:
    """Name of the chosen profile: "fast" when REPRO_FAST=1, else "full"."""
    return "fast" if _switch("REPRO_FAST", False) else "full"


def use_sample() -> bool:
    """Whether the WRDS study runs on the synthetic sample (WRDS_USE_SAMPLE, default 1)."""
    return _switch("WRDS_USE_SAMPLE", True)


def stamp_from_commit() -> bool:
    """Whether a bundle bears its commit's time, as a set SOURCE_DATE_EPOCH asks, or the clock's."""
    value = os.environ.get("SOURCE_DATE_EPOCH", "")
    if value and not re.fullmatch(r"[0-9]{1,12}", value):
        raise SettingError(f"SOURCE_DATE_EPOCH={value!r}: must be seconds since 1970 (or unset)")
    return value != ""


def given_words() -> dict[str, object]:
    """Words of the command line, by name."""
    # doit offers a getter by name only; its own store is the one place that lists unknown words
    return dict(getattr(doit_cmd, "_CMDLINE_VARS", None) or {})


def words_of(*names: str) -> dict[str, str]:
    """Words of a command that knows `names`; an absent one is absent.

    Raises
    ------
    SettingError
        Another word was given.
    """
    given = given_words()
    for name, value in given.items():
        if name not in names:
            raise SettingError(f"unknown word {name}={value}: known words are {', '.join(names)}")
    return {name: str(value) for name, value in given.items()}


def check_words(given: Mapping[str, object]) -> None:
    """Refuse words of the command line that no task reads, or whose value is malformed.

    Raises
    ------
    SettingError
        Names the word, its value and the rule.
    """
    for name, value in given.items():
        if name not in WORDS:
            raise SettingError(f"unknown word {name}={value}: known words are {', '.join(WORDS)}")
        if not re.fullmatch(WORDS[name], str(value)):
            raise SettingError(f"{name}={value!r}: must match {WORDS[name]}")

"""What must not be kept: secrets, and rows in the shape of licensed data.

`mask` is applied when something is recorded, so that the value is never stored; `secrets` and
`licensed` look for what came in by another way. No message holds the value that was found.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

MASKED = "[masked]"
_SHORTEST = 6  # characters of a value: shorter ones are words of any text

_VALUE = r"(?P<value>[^\s\"'`,;)\]}&<>]{4,})"
# What follows a key in code without being a secret: a variable, a call, a blank to fill in.
_HARMLESS = re.compile(
    r"[$*{<%(]|(?:args|config|options|os|self|settings)\.|[A-Za-z_][\w.]*[\[(]"
    r"|(?:None|null|true|false|str|bytes|password|passwd|secret)$",
    re.IGNORECASE,
)

# Kind -> pattern; the group `value` is what is masked and never shown.
_PATTERNS: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "password",  # key=value, "key": "value", or key: value to the end of its line
        re.compile(
            r"(?im)(?:password|passwd|passphrase|\bpwd)"
            r"(?:[\"']?[ \t]*=[ \t]*[\"']?|[\"'][ \t]*:[ \t]*[\"']|[ \t]*:[ \t]*(?=\S+[ \t]*$))"
            + _VALUE
        ),
    ),
    (
        "password",
        re.compile(r"(?i)--(?:password|passwd|token|secret|api-key)[= ]+" + _VALUE),
    ),
    (
        "token",
        re.compile(
            r"(?i)(?:api_?key|secret_?key|access_?key|auth_?token|access_?token|secret)"
            r"[\"']?[ \t]*[=:][ \t]*[\"']?"
            r"(?P<value>(?=[A-Za-z+/_\-]*[0-9])[A-Za-z0-9+/_\-]{16,}={0,2})"
        ),
    ),
    (
        "token",
        re.compile(
            r"(?P<value>\b(?:gh[pousr]_[A-Za-z0-9]{20,}|github_pat_\w{20,}|glpat-[\w-]{16,}"
            r"|xox[abprs]-[\w-]{10,}|sk-[A-Za-z0-9_-]{20,}|AIza[\w-]{30,}|pypi-[\w-]{20,}))"
        ),
    ),
    ("bearer token", re.compile(r"(?i)\bbearer\s+(?P<value>[A-Za-z0-9._~+/-]{12,}=*)")),
    ("access key", re.compile(r"(?P<value>\b(?:AKIA|ASIA)[0-9A-Z]{16}\b)")),
    (
        "credentials in an address",
        re.compile(r"\b[a-z][a-z0-9+-]{1,20}://[^\s/:@]+:(?P<value>[^\s/@]+)@"),
    ),
    (
        ".pgpass line",
        re.compile(
            r"(?m)^[+\- ]?(?:\*|localhost|[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+):(?:\*|[0-9]{4,5}):"
            r"(?:\*|[A-Za-z_]\w*):(?:\*|[A-Za-z_][\w.-]*):(?P<value>\S+)$"
        ),
    ),
)
_KEY_BLOCK = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----(?P<value>.*?)(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)",
    re.DOTALL,
)
_KEY_BEGINS = re.compile(  # a whole line, or text with key material right behind
    r"(?m)^[+\- ]?-----BEGIN [A-Z ]*PRIVATE KEY-----[ \r]*$"
    r"|-----BEGIN [A-Z ]*PRIVATE KEY-----(?:\\[rn])*[A-Za-z0-9+/]{16}"
)


def mask(text: str) -> str:
    """The text with every secret's value replaced by a mark; where in doubt, masked."""

    def replaced(match: re.Match[str]) -> str:
        if match["value"].startswith(MASKED[:-1]):
            return match[0]
        start, end = match.span("value")
        first = match.start()
        return match[0][: start - first] + MASKED + match[0][end - first :]

    text = _KEY_BLOCK.sub(replaced, text)
    for _, pattern in _PATTERNS:
        text = pattern.sub(replaced, text)
    return text


_SECRET_NAME = re.compile(
    r"(?i)passw|passphrase|token|secret|credential|(?:api|access|private)_?key|^pgpass"
)


def values(environment: Mapping[str, str]) -> list[str]:
    """Values of variables whose names say that they are secret, longest first.

    A program may print them bare, where no pattern would see them.
    """
    found = {
        value
        for name, value in environment.items()
        if _SECRET_NAME.search(name) and len(value) >= _SHORTEST
    }
    return sorted(found, key=lambda value: (-len(value), value))


def secrets(text: str) -> Iterator[tuple[int, str]]:
    """Line and kind of everything that looks like a secret, in order."""
    found = [
        (match.start("value"), kind)
        for kind, pattern in _PATTERNS
        for match in pattern.finditer(text)
        if not match["value"].startswith(MASKED[:-1]) and _HARMLESS.match(match["value"]) is None
    ]
    found += [(match.start(), "private key block") for match in _KEY_BEGINS.finditer(text)]
    for place, kind in sorted(found):
        yield text.count("\n", 0, place) + 1, kind


# Columns of OptionMetrics tables. Three of them in one delimited line are a table's head; a table
# is shown by rows below it, or by rows that hold a security, a date, a flag and many numbers.
_COLUMNS = {
    *("secid", "optionid", "symbol", "exdate", "cp_flag", "strike_price", "best_bid"),
    *("best_offer", "impl_volatility", "open_interest", "last_date", "forward_price", "cfadj"),
}
_DATE = re.compile(r"(?:19|20)[0-9]{2}-?[01][0-9]-?[0-3][0-9]")
_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]*)?(?:[eE][+-]?[0-9]+)?")
_SYNTHETIC = "999999"  # the security of our own sample
_LICENSED_FILES = (".sas7bdat", ".parquet", ".feather", ".arrow", ".dta", ".sav", ".rds")


def licensed(text: str) -> Iterator[tuple[int, str]]:
    """Line and reason of everything in the shape of licensed option data."""
    head = False
    for number, line in enumerate(text.split("\n"), start=1):
        fields = [field.strip().strip('"') for field in re.split(r"[,\t|]", line.lstrip("+- "))]
        if len(fields) < 5:
            head = False
        elif len(_COLUMNS.intersection(fields)) >= 3:
            head = True
        elif _is_row(fields, head):
            yield number, "a row of option quotes"
        else:
            head = False


def _is_row(fields: list[str], below_head: bool) -> bool:
    if _SYNTHETIC in fields:
        return False
    numbers = sum(_NUMBER.fullmatch(field) is not None for field in fields)
    dates = sum(_DATE.fullmatch(field) is not None for field in fields)
    if below_head:
        return numbers >= 3
    security = re.fullmatch(r"[0-9]{4,6}(?:\.0)?", fields[0]) is not None
    return security and dates >= 2 and numbers >= 5 and any(f in ("C", "P") for f in fields)


def licensed_file(path: str) -> bool:
    """Whether a file's kind is one in which licensed tables are kept."""
    return path.lower().endswith(_LICENSED_FILES)

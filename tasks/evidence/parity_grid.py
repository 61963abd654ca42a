"""The declared grid of the parity of all products: `parity_grid.toml`, read and thinned.

A product's points are the combinations of its axes, of which a profile keeps a declared number:
the first ones in the order of the SHA-256 of their places. The fast points are thereby among the
full ones, every axis is thinned alike, and nobody chooses a point.
"""

from __future__ import annotations

import hashlib
import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from tasks.evidence.digest import canonical_json, sha256_bytes

PATH = "tasks/evidence/parity_grid.toml"
TOLERANCES = "tasks/evidence/tolerances.toml"
_RULE = (
    "the first in the order of SHA-256 of product:place, place by the axes, the last one fastest"
)
_FOLDER = Path(__file__).parent

Value = str | int | float
Point = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Declared:
    """What the grid declares of one product."""

    name: str
    axes: tuple[tuple[str, tuple[Value, ...]], ...]  # column and its values
    quantities: tuple[str, ...]
    full: int
    fast: int
    reason: str

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the columns of the key."""
        return tuple(name for name, _ in self.axes)


def figure(name: str) -> str:
    """Figure of the summary that bounds a product's error."""
    return f"ql_parity.products.{name}.max_scaled_error"


def parse(data: bytes) -> dict[str, Declared]:
    """Products of the text of a grid, in its order.

    Raises
    ------
    ValueError
        Something is missing, repeated, of the wrong type, or there are fewer combinations than
        points; the message names it.
    """
    document = tomllib.loads(data.decode("utf-8"))
    if set(document) != {"axis", "product"}:
        raise ValueError(f"tables are {', '.join(document)}: must be axis and product")
    axes = {name: _axis(name, entry) for name, entry in document["axis"].items()}
    return {name: _product(name, entry, axes) for name, entry in document["product"].items()}


def _fields(what: str, entry: Mapping[str, Any], fields: Mapping[str, type]) -> None:
    if set(entry) != set(fields):
        raise ValueError(f"{what} has {', '.join(entry)}: must have {', '.join(fields)}")
    for name, kind in fields.items():
        if type(entry[name]) is not kind:
            raise ValueError(f"{what}: {name} is {entry[name]!r}: must be {kind.__name__}")
    if len(entry["reason"]) < 15:
        raise ValueError(f"{what}: reason {entry['reason']!r} says nothing")


def _axis(name: str, entry: Mapping[str, Any]) -> tuple[Value, ...]:
    what = f"axis {name}"
    _fields(what, entry, {"values": list, "reason": str})
    values = tuple(entry["values"])
    if len({type(value) for value in values}) != 1 or type(values[0]) not in (str, int, float):
        raise ValueError(f"{what}: values must be all words, all integers or all floats")
    if len(set(values)) != len(values):
        raise ValueError(f"{what}: a value is repeated")
    if isinstance(values[0], float) and not all(map(math.isfinite, values)):
        raise ValueError(f"{what}: a value is not finite")
    return values


def _product(
    name: str, entry: Mapping[str, Any], axes: Mapping[str, tuple[Value, ...]]
) -> Declared:
    what = f"product {name}"
    kinds = {"axes": list, "quantities": list, "full": int, "fast": int, "reason": str}
    _fields(what, entry, kinds)
    if unknown := [axis for axis in entry["axes"] if axis not in axes]:
        raise ValueError(f"{what}: unknown axis {unknown[0]}")
    own = tuple((axis.partition("-")[0], axes[axis]) for axis in entry["axes"])
    combinations = math.prod(len(values) for _, values in own)
    if not 0 < entry["fast"] <= entry["full"] <= combinations:
        raise ValueError(f"{what}: of {combinations} combinations no {entry['full']} can be kept")
    quantities = tuple(entry["quantities"])
    return Declared(name, own, quantities, entry["full"], entry["fast"], entry["reason"])


@lru_cache(maxsize=64)
def points(declared: Declared, profile: str) -> tuple[Mapping[str, Any], ...]:
    """Points of a product under a profile, in canonical order: that of the combinations.

    Raises
    ------
    ValueError
        `profile` is not declared.
    """
    kept = {"full": declared.full, "fast": declared.fast}
    if profile not in kept:
        raise ValueError(f"profile {profile!r}: must be one of {', '.join(kept)}")
    radices = [len(values) for _, values in declared.axes]
    order = sorted(range(math.prod(radices)), key=lambda place: _rank(declared.name, place))
    return tuple(_at(declared, place) for place in sorted(order[: kept[profile]]))


def _rank(name: str, place: int) -> bytes:
    return hashlib.sha256(f"{name}:{place}".encode()).digest()


def _at(declared: Declared, place: int) -> Mapping[str, Any]:
    """Combination at a place of the canonical order, in which the last axis runs fastest."""
    found = {}
    for name, values in reversed(declared.axes):
        place, rest = divmod(place, len(values))
        found[name] = values[rest]
    return {name: found[name] for name in declared.columns}


def identity(declared: Declared, limit: float) -> str:
    """SHA-256 of a product's grid and tolerance; words of explanation do not count."""
    content = {
        "rule": _RULE,
        "product": declared.name,
        "axes": [[name, list(values)] for name, values in declared.axes],
        "quantities": list(declared.quantities),
        "full": declared.full,
        "fast": declared.fast,
        "limit": limit,
    }
    return sha256_bytes(canonical_json(content))


@lru_cache(maxsize=8)
def _parsed(data: bytes) -> dict[str, Declared]:
    return parse(data)


def declared(root: Path | None = None) -> Mapping[str, Declared]:
    """Products of the grid below a repository root, by default this one's."""
    path = _FOLDER / "parity_grid.toml" if root is None else root / PATH
    return _parsed(path.read_bytes())


@lru_cache(maxsize=8)
def _limits(data: bytes) -> Mapping[str, Any]:
    bounds = tomllib.loads(data.decode("utf-8"))["bound"]
    return {entry["figure"]: entry["limit"] for entry in bounds}


def limits(root: Path | None = None) -> Mapping[str, float]:
    """Tolerance of each product, from the file of tolerances.

    Raises
    ------
    ValueError
        A product has none.
    """
    path = _FOLDER / "tolerances.toml" if root is None else root / TOLERANCES
    found = _limits(path.read_bytes())
    products = declared(root)
    if absent := [name for name in products if figure(name) not in found]:
        raise ValueError(f"no bound for {figure(absent[0])}")
    return {name: float(found[figure(name)]) for name in products}


def settings(name: str) -> dict[str, Any]:
    """What a product's maker is told, and its receipt holds."""
    entry, limit = declared()[name], limits()[name]
    return {"product": name, "tolerance": limit, "identity": identity(entry, limit)}

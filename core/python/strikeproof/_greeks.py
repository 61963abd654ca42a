"""Which Greeks a call returns, and the tuple that holds them."""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any, NamedTuple


class Greeks(NamedTuple):
    """Price and raw derivatives, each a float or an array of the broadcast shape.

    Vega is per 1.00 of volatility, rho per 1.00 of rate, theta per year of calendar time.
    """

    price: Any
    delta: Any
    gamma: Any
    vega: Any
    theta: Any
    rho: Any


# In the order of the compiled core's Quantity.
SECOND_ORDER = (
    *Greeks._fields,
    "dividend_rho",
    "vanna",
    "volga",
    "charm",
    "veta",
    "speed",
    "zomma",
    "color",
)


def selection(
    select: Iterable[str] | None, known: tuple[str, ...]
) -> tuple[tuple[str, ...], Callable[..., Any]]:
    """Names of the wanted quantities, and what makes the result of their values.

    Raises
    ------
    ValueError
        A name is unknown, repeated, or there is none.
    """
    if select is None:
        return Greeks._fields, Greeks
    names = (select,) if isinstance(select, str) else tuple(select)
    for name in names:
        if name not in known:
            raise ValueError(f"select names {name!r}: must be among {', '.join(known)}")
    if not names or len(set(names)) != len(names):
        raise ValueError(f"select is {names!r}: must name at least one quantity, each once")
    return names, _tuple_of(names)


@lru_cache(maxsize=256)
def _tuple_of(names: tuple[str, ...]) -> Callable[..., Any]:
    return Greeks if names == Greeks._fields else namedtuple("Greeks", names)

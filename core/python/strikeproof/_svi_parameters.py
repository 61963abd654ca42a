"""Raw, natural and jump-wings parameters of SVI smiles, and the ways between them."""

from __future__ import annotations

from typing import Any, NamedTuple

from numpy.typing import ArrayLike

from strikeproof import _core
from strikeproof._engine import Engine
from strikeproof._status import CORRELATION, NONNEGATIVE, POSITIVE

RULES = {"b": NONNEGATIVE, "rho": CORRELATION, "sigma": POSITIVE, "time_to_expiry": POSITIVE}


class Raw(NamedTuple):
    """Raw parameters, each a float or an array."""

    a: Any
    b: Any
    rho: Any
    m: Any
    sigma: Any


class Natural(NamedTuple):
    """Natural parameters, each a float or an array."""

    delta: Any
    mu: Any
    rho: Any
    omega: Any
    zeta: Any


class JumpWings(NamedTuple):
    """Jump-wings parameters, each a float or an array."""

    v: Any
    psi: Any
    p: Any
    c: Any
    v_tilde: Any


_TO_NATURAL = Engine(_core.svi_raw_to_natural, RULES, Natural._fields, Natural)
_FROM_NATURAL = Engine(
    _core.svi_natural_to_raw, {"omega": NONNEGATIVE, "zeta": POSITIVE}, Raw._fields, Raw
)
_TO_WINGS = Engine(_core.svi_raw_to_jump_wings, RULES, JumpWings._fields, JumpWings)
_FROM_WINGS = Engine(
    _core.svi_jump_wings_to_raw,
    {"v": POSITIVE, "p": NONNEGATIVE, "c": NONNEGATIVE, "time_to_expiry": POSITIVE},
    Raw._fields,
    Raw,
)


def raw_to_natural(
    *, a: ArrayLike, b: ArrayLike, rho: ArrayLike, m: ArrayLike, sigma: ArrayLike
) -> Any:
    """Natural parameters of raw ones.

    Returns
    -------
    Natural
        NaN in rows without an answer of a batch; a scalar call raises.

    Raises
    ------
    ValueError
        `b` < 0, `sigma` <= 0 or ``|rho| >= 1``: the natural parameters cannot say it.

    Notes
    -----
    Gatheral and Jacquier (2014), lemma 3.1.
    """
    return _TO_NATURAL({"a": a, "b": b, "rho": rho, "m": m, "sigma": sigma})


def natural_to_raw(
    *, delta: ArrayLike, mu: ArrayLike, rho: ArrayLike, omega: ArrayLike, zeta: ArrayLike
) -> Any:
    """Raw parameters of natural ones: ``|rho| < 1``, `omega` >= 0, `zeta` > 0.

    Returns
    -------
    Raw
        NaN in rows without an answer of a batch; a scalar call raises ValueError.
    """
    return _FROM_NATURAL({"delta": delta, "mu": mu, "rho": rho, "omega": omega, "zeta": zeta})


def raw_to_jump_wings(
    *,
    a: ArrayLike,
    b: ArrayLike,
    rho: ArrayLike,
    m: ArrayLike,
    sigma: ArrayLike,
    time_to_expiry: ArrayLike,
) -> Any:
    """Jump-wings parameters of raw ones.

    Returns
    -------
    JumpWings
        Variance at the money per year, its skew, slopes of the wings, smallest variance per year;
        NaN in rows without an answer of a batch; a scalar call raises.

    Raises
    ------
    ValueError
        Total variance at the money or the time is not positive, or raw parameters are out of range.

    Notes
    -----
    Gatheral and Jacquier (2014), (3.5).
    """
    arguments = {"a": a, "b": b, "rho": rho, "m": m, "sigma": sigma}
    return _TO_WINGS({**arguments, "time_to_expiry": time_to_expiry})


def jump_wings_to_raw(
    *,
    v: ArrayLike,
    psi: ArrayLike,
    p: ArrayLike,
    c: ArrayLike,
    v_tilde: ArrayLike,
    time_to_expiry: ArrayLike,
) -> Any:
    """Raw parameters of jump wings: `v` > `v_tilde`, `p`, `c` >= 0, ``-p < 2 psi < c``.

    Returns
    -------
    Raw
        NaN in rows without an answer of a batch; a scalar call raises.

    Raises
    ------
    ValueError
        No smile has these jump wings, or more than one has: with the smallest variance at the
        money they do not say how wide its bottom is.

    Notes
    -----
    Gatheral and Jacquier (2014), lemma 3.2, in a form without its special case m = 0.
    """
    arguments = {"v": v, "psi": psi, "p": p, "c": c, "v_tilde": v_tilde}
    return _FROM_WINGS({**arguments, "time_to_expiry": time_to_expiry})

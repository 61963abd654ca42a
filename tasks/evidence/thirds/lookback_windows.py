"""Lookbacks watched during a part of their life: one average over end and extremum of that part.

A Brownian motion W over t and its minimum m are jointly those of t^(1/2) (Z, (Z - R)/2), where
(Z, (R^2 - Z^2)^(1/2)) is a normal and an independent Rayleigh variate: the bridge's minimum has
that law (Karatzas and Shreve 1991, section 2.8). With Z = R cos(a) the density is
R^2 sin(a) exp(-R^2/2) / (2 pi)^(1/2), smooth everywhere; Girsanov's weight brings the drift. What
is left of the option is Black's in what happens outside the window. Both libraries have the
formulas of Heynen and Kat (1994) with bivariate normal distributions instead.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from tasks.evidence.thirds.integrals import black

Floats = Any
Terms = Mapping[str, Any]
_REACH = 12.0  # standard deviations: the normal density is 1e-32 there
_RULES = tuple(np.polynomial.legendre.leggauss(nodes) for nodes in (24, 40))
_AGREE = 1e-9
_PANELS = 8  # on either side of the kink
# finer towards 0, where the kink moves away quickly
_ANGLES = np.concatenate(
    [[0.0], math.pi * np.exp2(np.arange(-7.0, 0.0)), [0.75 * math.pi, math.pi]]
)


def partial_lookback(terms: Terms) -> float:
    """Floating strike watched until `window_end`, or fixed strike watched from `window_start`.

    Raises
    ------
    ArithmeticError
        Two rules of integration differ by more than 1e-9 of 1 or the value.
    """
    floating = terms["kind"] == "floating_strike"
    value = _floating if floating else _fixed
    coarse, fine = (value(terms, rule) for rule in _RULES)
    if not abs(fine - coarse) <= _AGREE * max(1.0, abs(fine)):
        raise ArithmeticError(f"the two rules give {coarse!r} and {fine!r}")
    return fine


def _floating(terms: Terms, rule: tuple[Floats, Floats]) -> float:
    call, spot, t = terms["option_type"] == "call", terms["spot"], terms["window_end"]
    rest = terms["time_to_expiry"] - t
    deviation = terms["volatility"] * math.sqrt(t)
    growth = math.exp((terms["rate"] - terms["dividend_yield"]) * rest)
    known = abs(math.log(terms["extremum"] / spot)) / deviation  # R - |Z| that reaches it, halved

    def payoff(end: Floats, low: Floats) -> Floats:
        side = 1.0 if call else -1.0  # puts by reflection of the path
        extremum = spot * np.exp(side * deviation * np.minimum(low, -known))
        later = spot * np.exp(side * deviation * end) * growth
        left = terms["volatility"] * math.sqrt(rest)
        return black(1 if call else -1, later, extremum, left)

    mean = _average(terms, t, call, known, payoff, rule)
    return math.exp(-terms["rate"] * terms["time_to_expiry"]) * mean


def _fixed(terms: Terms, rule: tuple[Floats, Floats]) -> float:
    call, t = terms["option_type"] == "call", terms["window_start"]
    rest = terms["time_to_expiry"] - t
    deviation = terms["volatility"] * math.sqrt(rest)
    forward = terms["spot"] * math.exp((terms["rate"] - terms["dividend_yield"]) * t)
    before = terms["volatility"] * math.sqrt(t)

    def payoff(_: Floats, low: Floats) -> Floats:
        ratio = np.exp((-1.0 if call else 1.0) * deviation * low)  # extremum over spot at its start
        return ratio * black(1 if call else -1, forward, terms["strike"] / ratio, before)

    mean = _average(terms, rest, not call, 0.0, payoff, rule)
    return math.exp(-terms["rate"] * terms["time_to_expiry"]) * mean


def _average(
    terms: Terms,
    time: float,
    minimum: bool,
    known: float,
    payoff: Callable[[Floats, Floats], Floats],
    rule: tuple[Floats, Floats],
) -> float:
    """Mean of a payoff of end and minimum, both in deviations, of the path or its reflection.

    `known` is how far below its start, in deviations, the path has been before: the payoff bends
    where the minimum goes beyond.
    """
    carry = terms["rate"] - terms["dividend_yield"] - terms["volatility"] ** 2 / 2.0
    tilt = (1.0 if minimum else -1.0) * carry * math.sqrt(time) / terms["volatility"]
    last = _REACH + abs(tilt) + terms["volatility"] * math.sqrt(time)  # a payoff may grow so fast
    angles, angle_weights = _pieces(_ANGLES, rule)
    bend = np.minimum(2.0 * known / np.maximum(1.0 - np.cos(angles), 1e-300), last)
    unit = np.linspace(0.0, 1.0, _PANELS + 1)
    ends = np.concatenate(
        [bend[:, None] * unit, bend[:, None] + (last - bend)[:, None] * unit[1:]], 1
    )
    total = 0.0
    for angle, weight, breaks in zip(angles, angle_weights, ends, strict=True):
        radius, radius_weights = _pieces(breaks, rule)
        end = radius * math.cos(angle)
        low = (end - radius) / 2.0
        density = radius**2 * math.sin(angle) * np.exp(-(radius**2) / 2.0 + tilt * end)
        total += weight * float(np.sum(radius_weights * density * payoff(end, low)))
    return total * math.exp(-(tilt**2) / 2.0) / math.sqrt(2.0 * math.pi)


def _pieces(breaks: Floats, rule: tuple[Floats, Floats]) -> tuple[Floats, Floats]:
    """Nodes and weights of a rule on each piece between breaks."""
    half, middle = np.diff(breaks)[:, None] / 2.0, (breaks[:-1] + breaks[1:])[:, None] / 2.0
    nodes, weights = rule
    return (middle + half * nodes).ravel(), (half * weights).ravel()

"""Kou prices against 40-digit mixtures, the published value, limits and themselves."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from strikeproof import black, black_scholes, kou
from tests.python import levy_reference

pytestmark = pytest.mark.fast

_NAMES = (
    "volatility",
    "jump_intensity",
    "upward_probability",
    "upward_decay",
    "downward_decay",
)
_CASES = levy_reference.cases("kou", _NAMES)
_MODEL = dict(zip(_NAMES, (0.16, 1.0, 0.4, 10.0, 5.0), strict=True))
_CONTRACT: dict[str, Any] = {
    "spot": 100.0,
    "strike": 105.0,
    "time_to_expiry": 0.75,
    "rate": 0.03,
    "dividend_yield": 0.01,
}


def test_reference_is_whole() -> None:
    assert [len(want["price"]) for _, want in _CASES.values()] == [7, 7, 5, 5, 5, 5], (
        "run tests/data/make_levy_reference.py"
    )


@pytest.mark.parametrize("case", _CASES)
def test_forty_digit_values(case: str) -> None:
    terms, want = _CASES[case]
    found = kou.greeks(**terms, on_failure="raise")
    for name, values in found._asdict().items():
        np.testing.assert_allclose(values, want[name], rtol=1e-12, err_msg=name)


def test_the_published_value() -> None:
    """Kou (2002), section 5.1: 9.14732."""
    terms = {"spot": 100.0, "strike": 98.0, "time_to_expiry": 0.5, "rate": 0.05}
    assert kou.price(option_type="call", **terms, **_MODEL) == pytest.approx(9.14732, abs=5e-6)


def _random_contracts(count: int) -> dict[str, Any]:
    draw = np.random.default_rng(20261125)
    terms: dict[str, Any] = {
        "option_type": np.where(draw.random(count) < 0.5, 1.0, -1.0),
        "spot": 100.0,
        "time_to_expiry": 10.0 ** draw.uniform(math.log10(1.0 / 365.0), math.log10(30.0), count),
        "rate": draw.uniform(-0.02, 0.08, count),
        "dividend_yield": draw.uniform(0.0, 0.05, count),
        "volatility": 10.0 ** draw.uniform(-2.0, 0.0, count) * (draw.random(count) < 0.9),
        "jump_intensity": 10.0 ** draw.uniform(-9.0, 1.0, count),
        "upward_probability": np.clip(draw.uniform(-0.1, 1.1, count), 0.0, 1.0),
        "upward_decay": 1.0 + 10.0 ** draw.uniform(0.0, 2.0, count),
        "downward_decay": 10.0 ** draw.uniform(0.0, 2.0, count),
    }
    p = terms["upward_probability"]
    squares = p / terms["upward_decay"] ** 2 + (1.0 - p) / terms["downward_decay"] ** 2
    variance = terms["volatility"] ** 2 + 2.0 * terms["jump_intensity"] * squares
    spread = np.minimum(np.sqrt(variance * terms["time_to_expiry"]), 5.0)
    carry = (terms["rate"] - terms["dividend_yield"]) * terms["time_to_expiry"]
    terms["strike"] = 100.0 * np.exp(carry + draw.uniform(-10.0, 10.0, count) * spread)
    return terms


def test_every_random_contract_settles_within_its_bounds() -> None:
    terms = _random_contracts(4000)
    found, status = kou.greeks(return_status=True, **terms)
    assert not status.any()
    sign, time = terms["option_type"], terms["time_to_expiry"]
    spot_discount = np.exp(-terms["dividend_yield"] * time)
    spot = 100.0 * spot_discount
    strike = terms["strike"] * np.exp(-terms["rate"] * time)
    # to the rounding of these bounds themselves
    least = np.maximum(sign * (spot - strike), 0.0)
    assert (found.price >= least - 1e-14 * np.maximum(spot, strike)).all()
    assert (found.price <= np.where(sign > 0.0, spot, strike) * (1.0 + 1e-14)).all()
    assert (sign * found.delta >= 0.0).all()
    assert (sign * found.delta <= spot_discount * (1.0 + 1e-14)).all()
    assert (found.gamma >= 0.0).all()
    np.testing.assert_allclose(kou.price(**terms), found.price, rtol=1e-12)


@pytest.mark.parametrize("option_type", ["call", "put"])
def test_greeks_are_derivatives_of_the_price(option_type: str) -> None:
    terms: dict[str, Any] = {"option_type": option_type, **_CONTRACT, **_MODEL}
    found = kou.greeks(**terms)
    step = 0.02
    low, middle, high = kou.price(
        **{**terms, "spot": np.array([100.0 - step, 100.0, 100.0 + step])}
    )
    assert found.price == pytest.approx(middle, rel=1e-12)
    assert found.delta == pytest.approx((high - low) / (2.0 * step), abs=1e-6)
    assert found.gamma == pytest.approx((high - 2.0 * middle + low) / step**2, rel=1e-4)


def test_calls_less_puts_are_the_forward() -> None:
    terms = {**_CONTRACT, **_MODEL, "strike": np.array([20.0, 80.0, 101.5, 140.0, 700.0])}
    call, put = (kou.price(option_type=kind, **terms) for kind in ("call", "put"))
    forward = 100.0 * math.exp(-0.0075) - terms["strike"] * math.exp(-0.0225)
    np.testing.assert_allclose(call - put, forward, rtol=1e-14)


def test_without_jumps_it_is_black_scholes() -> None:
    terms: dict[str, Any] = {"option_type": "put", **_CONTRACT, "strike": np.array([60.0, 105.0])}
    want = black_scholes.greeks(volatility=0.16, **terms)
    for changed in ({"jump_intensity": 0.0}, {"upward_decay": 1e9, "downward_decay": 1e9}):
        found = kou.greeks(**terms, **{**_MODEL, **changed})
        for name in ("price", "delta", "gamma"):
            np.testing.assert_allclose(
                getattr(found, name), getattr(want, name), rtol=1e-11, err_msg=name
            )


def test_many_small_jumps_are_volatility() -> None:
    """2 lambda/eta^2 adds to the variance as jumps become many and small."""
    terms: dict[str, Any] = {"option_type": "call", **_CONTRACT}
    jumps = {"jump_intensity": 2e6, "upward_probability": 0.5}
    decay = {"upward_decay": 1e4, "downward_decay": 1e4}
    found = kou.price(volatility=0.1, **jumps, **decay, **terms)
    want = black_scholes.price(volatility=math.sqrt(0.01 + 0.04), **terms)
    assert found == pytest.approx(want, rel=1e-5)


def test_jumps_without_volatility_leave_an_atom() -> None:
    """No jump has probability exp(-lambda T); the spot stands where the compensator left it."""
    model = {**_MODEL, "volatility": 0.0, "upward_probability": 1.0}
    growth = 1.0 / 9.0
    terms = {"spot": 1.0, "time_to_expiry": 0.5, "rate": 0.0}
    still = math.exp(-0.5 * growth)
    put = kou.price(option_type="put", strike=[0.9 * still, 1.05 * still], **terms, **model)
    assert put[0] == 0.0, "every jump is upward"
    # slope by the strike just above the atom is the atom's probability
    near = still * (1.0 + np.array([1e-7, 2e-7]))
    low, high = kou.price(option_type="put", strike=near, **terms, **model)
    assert (high - low) / (near[1] - near[0]) == pytest.approx(math.exp(-0.5), rel=1e-5)


def test_limits_are_exact() -> None:
    terms: dict[str, Any] = {**_CONTRACT, **_MODEL}
    assert kou.price(option_type="put", **{**terms, "time_to_expiry": 0.0}) == 5.0
    assert kou.price(option_type="put", **{**terms, "strike": 0.0}) == 0.0
    assert kou.price(option_type="call", **{**terms, "spot": 0.0}) == 0.0


def test_smile_reaches_the_smallest_prices() -> None:
    strike = np.array([1e-6, 0.01, 50.0, 100.0, 200.0, 1e5])
    terms = {"forward": 100.0, "strike": strike, "time_to_expiry": 0.5}
    smile = kou.implied_volatility(**terms, **_MODEL, on_failure="raise")
    option_type = np.where(strike > 100.0, 1.0, -1.0)
    price = kou.price(
        option_type=option_type, spot=100.0, strike=strike, time_to_expiry=0.5, rate=0.0, **_MODEL
    )
    assert price.min() < 1e-25
    again = black.price(option_type=option_type, volatility=smile, rate=0.0, **terms)
    np.testing.assert_allclose(again, price, rtol=1e-10)


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("volatility", -0.1, "volatility is -0.1: must be >= 0"),
        ("jump_intensity", -1.0, "jump_intensity is -1.0: must be >= 0"),
        ("upward_probability", 1.5, r"upward_probability is 1.5: must be within \[0, 1\]"),
        ("upward_decay", 1.0, "upward_decay is 1.0: must be > 1"),
        ("downward_decay", 0.0, "downward_decay is 0.0: must be > 0"),
        ("downward_decay", math.nan, "downward_decay is nan: must be finite"),
    ],
)
def test_bad_arguments_are_named(name: str, value: float, words: str) -> None:
    terms: dict[str, Any] = {"option_type": "call", **_CONTRACT, **_MODEL, name: value}
    with pytest.raises(ValueError, match=words):
        kou.price(**terms)


def test_bits_do_not_depend_on_threads_nor_neighbours() -> None:
    terms = _random_contracts(300)
    together = kou.price(**terms, threads=2)
    one = {name: v[17] if np.ndim(v) else v for name, v in terms.items()}
    assert kou.price(**one) == together[17]
    np.testing.assert_array_equal(kou.price(**terms, threads=1), together)

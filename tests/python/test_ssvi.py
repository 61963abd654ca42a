"""SSVI and eSSVI surfaces: formulas, no arbitrage, local volatility, calibration."""

from __future__ import annotations

import itertools
import json
import math
from pathlib import Path
from typing import Any

import mpmath
import numpy as np
import pytest

from strikeproof import Status, black, ssvi, svi
from tasks.evidence import market_fit

pytestmark = pytest.mark.fast

_DAX = Path(__file__).parents[1] / "data" / "dax_2002_07_05.json"
_TIMES = (0.05, 0.25, 0.5, 1.0, 2.0)
_THETA = (0.003, 0.012, 0.022, 0.041, 0.078)
_SLICES = {
    "time_to_expiry": _TIMES,
    "theta": _THETA,
    "rho": (-0.45, -0.5, -0.55, -0.58, -0.6),
    "psi": (0.05, 0.1, 0.14, 0.2, 0.28),
}
_SHAPES: list[dict[str, Any]] = [
    {"phi": "power_law", "rho": -0.6, "eta": 1.1, "gamma": 0.4},
    {"phi": "power", "rho": -0.6, "eta": 1.1, "gamma": 0.4},
    {"phi": "heston", "rho": 0.3, "eta": 2.0},
]


def _essvi(**changes: Any) -> ssvi.Surface:
    return ssvi.Surface(**{**_SLICES, **changes})


def _formula(shape: dict[str, Any], **changes: Any) -> ssvi.Surface:
    return ssvi.formula_surface(**{"time_to_expiry": _TIMES, "theta": _THETA, **shape, **changes})


def _surfaces() -> list[ssvi.Surface]:
    formulas = [_formula(shape) for shape in _SHAPES]
    smooth = [_formula(_SHAPES[0], interpolation="smooth"), _essvi(interpolation="smooth")]
    return [*formulas, _essvi(), *smooth]


def _phi(shape: dict[str, Any], theta: Any) -> Any:
    """The published formulas."""
    eta = mpmath.mpf(shape["eta"])
    if shape["phi"] == "heston":
        x = eta * theta
        return (1 - (1 - mpmath.exp(-x)) / x) / x
    gamma = mpmath.mpf(shape["gamma"])
    if shape["phi"] == "power":
        return eta / theta**gamma
    return eta / (theta**gamma * (1 + theta) ** (1 - gamma))


@pytest.mark.parametrize("shape", _SHAPES, ids=lambda shape: shape["phi"])
def test_formulas_of_phi_to_fifty_digits(shape: dict[str, Any]) -> None:
    surface = _formula(shape)
    with mpmath.workdps(50):
        rho = mpmath.mpf(shape["rho"])

        def variance(k: Any, t: Any) -> Any:
            after = next(i for i, node in enumerate(_TIMES) if t <= node)
            t0, v0 = (0, 0) if after == 0 else (_TIMES[after - 1], _THETA[after - 1])
            share = (t - t0) / (mpmath.mpf(_TIMES[after]) - t0)
            theta = v0 + (mpmath.mpf(_THETA[after]) - v0) * share
            phi = _phi(shape, theta)
            root = mpmath.sqrt((phi * k + rho) ** 2 + 1 - rho**2)
            return theta / 2 * (1 + rho * phi * k + root)

        for k, t in ((-1.5, 0.02), (-0.2, 0.3), (0.0, 0.7), (0.4, 1.3), (3.0, 1.9)):
            at = (mpmath.mpf(k), mpmath.mpf(t))
            orders = ((0, 0), (1, 0), (2, 0), (0, 1))
            want = [float(mpmath.diff(variance, at, order)) for order in orders]
            found = surface.derivatives(log_moneyness=k, time_to_expiry=t)
            np.testing.assert_allclose(found, want, rtol=1e-12)


@pytest.mark.parametrize("surface", _surfaces(), ids=lambda s: f"{s.phi}-{s.interpolation}")
def test_slices_are_svi_and_time_derivatives_are_differences(surface: ssvi.Surface) -> None:
    k = np.linspace(-2.0, 1.5, 15)
    for t in (0.02, 0.05, 0.11, 0.6, 1.9, 3.0):
        found = surface.derivatives(log_moneyness=k, time_to_expiry=t)
        raw = surface.slice(t)._asdict()
        smile = svi.smile(log_moneyness=k, **raw)
        np.testing.assert_allclose(found[:3], smile[:3], rtol=1e-9)
        np.testing.assert_allclose(
            surface.durrleman(log_moneyness=k, time_to_expiry=t), smile.durrleman, rtol=1e-8
        )
        np.testing.assert_allclose(
            surface.density(log_moneyness=k, time_to_expiry=t), smile.density, rtol=1e-7
        )
        if t in _TIMES:
            continue
        up, down = (
            surface.total_variance(log_moneyness=k, time_to_expiry=t + step)
            for step in (1e-5, -1e-5)
        )
        np.testing.assert_allclose(found.by_time, (up - down) / 2e-5, rtol=1e-7)


@pytest.mark.parametrize("interpolation", ["linear", "smooth"])
def test_nodes_are_kept_and_theta_grows_between_them(interpolation: str) -> None:
    surface = _essvi(interpolation=interpolation)
    for i, time in enumerate(_TIMES):
        theta, rho, psi = (_SLICES[name][i] for name in ("theta", "rho", "psi"))
        at = surface.total_variance(log_moneyness=0.0, time_to_expiry=time)
        assert at == pytest.approx(theta, rel=1e-14)
        want = (
            theta
            + rho * psi * 0.3
            + math.hypot(psi * 0.3 + rho * theta, theta * math.sqrt(1 - rho**2))
        ) / 2
        found = surface.total_variance(log_moneyness=0.3, time_to_expiry=time)
        assert found == pytest.approx(want, rel=1e-13)
    fine = surface.total_variance(log_moneyness=0.0, time_to_expiry=np.linspace(0.001, 4.0, 4000))
    assert (np.diff(fine) > 0.0).all()


def test_before_the_first_expiry_volatility_is_that_of_the_first() -> None:
    surface = _essvi()
    k = np.linspace(-0.5, 0.5, 11)
    first = surface.implied_volatility(log_moneyness=k, time_to_expiry=_TIMES[0])
    early = surface.implied_volatility(log_moneyness=k, time_to_expiry=0.1 * _TIMES[0])
    np.testing.assert_allclose(early, first, rtol=1e-13)


def test_smooth_theta_has_no_jump_in_its_rate() -> None:
    surface = _formula(_SHAPES[0], interpolation="smooth")
    for time in _TIMES:
        rates = [
            surface.derivatives(log_moneyness=0.1, time_to_expiry=time + step).by_time
            for step in (-1e-9, 1e-9)
        ]
        assert rates[0] == pytest.approx(rates[1], rel=1e-5)


def _random_times(draw: np.random.Generator) -> Any:
    count = int(draw.integers(2, 8))
    return np.cumsum(10.0 ** draw.uniform(-2.0, 0.3, count))


def _random_formula(draw: np.random.Generator) -> ssvi.Surface:
    """Anywhere in the domain of the published conditions, its edge included."""
    times = _random_times(draw)
    rises = np.diff(np.concatenate([[0.0], times])) * 10.0 ** draw.uniform(-1.0, 1.0, times.size)
    theta = 10.0 ** draw.uniform(-2.5, -0.3) * np.cumsum(rises)
    rho = draw.uniform(-0.98, 0.98)
    shape: dict[str, Any] = {"rho": rho, "interpolation": str(draw.choice(["linear", "smooth"]))}
    both = 1.0 + abs(rho)
    if draw.random() < 0.3:
        shape |= {"phi": "heston", "eta": 0.25 * both * (1.0 + 10.0 ** draw.uniform(-6.0, 2.0))}
    else:
        shape |= {"phi": "power_law", "gamma": draw.uniform(0.02, 0.5)}
        shape["eta"] = 2.0 / both * draw.uniform(0.0, 1.0) ** 0.2
    return ssvi.formula_surface(time_to_expiry=times, theta=theta, **shape)


def _random_slices(draw: np.random.Generator) -> ssvi.Surface:
    """Mingone's parameters: anywhere between the bounds of psi, at them too."""
    times = _random_times(draw)
    count = times.size
    rho = np.clip(draw.uniform(-0.9, 0.9) + draw.normal(0.0, 0.15, count), -0.98, 0.98)
    stretch = np.maximum((1 + rho[:-1]) / (1 + rho[1:]), (1 - rho[:-1]) / (1 - rho[1:]))
    theta = [10.0 ** draw.uniform(-4.0, -1.0)]
    for factor in stretch:
        theta.append(factor * theta[-1] + 10.0 ** draw.uniform(-4.0, -1.0))
    both = 1.0 + np.abs(rho)
    room = np.minimum(4.0 * (1.0 - 1e-9) / both, 2.0 * np.sqrt(np.array(theta) / both))
    for i in range(count - 2, -1, -1):
        room[i] = min(room[i], room[i + 1] / stretch[i])
    psi = [room[0] * draw.uniform(0.02, 1.0 - 1e-9)]
    for i in range(1, count):
        low = stretch[i - 1] * psi[-1]
        high = min(room[i], psi[-1] * theta[i] / theta[i - 1])
        psi.append(low + (high - low) * draw.choice([1e-9, draw.uniform(), 1.0 - 1e-9]))
    return ssvi.Surface(
        time_to_expiry=tuple(times),
        theta=tuple(theta),
        rho=tuple(rho),
        psi=tuple(psi),
        interpolation=str(draw.choice(["linear", "smooth"])),
    )


@pytest.mark.parametrize("make", [_random_formula, _random_slices])
def test_random_admissible_surfaces_have_no_arbitrage(make: Any) -> None:
    """On a dense grid in both directions, and by the exact tests."""
    draw = np.random.default_rng(6)
    k = np.concatenate([-np.geomspace(60.0, 1e-3, 120), [0.0], np.geomspace(1e-3, 60.0, 120)])
    for _ in range(60):
        surface = make(draw)
        assert surface.conditions()
        nodes = np.array([0.0, *surface.time_to_expiry])
        between = [np.linspace(a, b, 5)[1:] for a, b in itertools.pairwise(nodes)]
        times = np.concatenate([*between, nodes[-1] * np.array([1.1, 2.0, 10.0])])[:, None]
        terms: dict[str, Any] = {"log_moneyness": k, "time_to_expiry": times}
        g = surface.durrleman(**terms, on_failure="raise")
        assert g.min() > -1e-12, surface
        w = surface.total_variance(**terms)
        assert (np.diff(w, axis=0) > -1e-12 * w[1:]).all(), surface
        assert surface.local_volatility(**terms, on_failure="raise").min() > 0.0
        assert surface.arbitrage() == (), surface


def test_planted_violations_are_found_where_they_are() -> None:
    psi = list(_SLICES["psi"])
    psi[2] = 0.6  # its square times 1 + |rho| is 6 times 4 theta
    found = _essvi(psi=psi).arbitrage(time_to_expiry=_TIMES)
    assert not _essvi(psi=psi).conditions()
    butterflies = [v for v in found if v.kind == "butterfly"]
    assert {v.time_to_expiry for v in butterflies} == {0.5}
    g = _essvi(psi=psi).durrleman(log_moneyness=[v.place for v in butterflies], time_to_expiry=0.5)
    np.testing.assert_allclose(g, [v.size for v in butterflies], rtol=1e-9)
    falling = (0.003, 0.012, 0.022, 0.020, 0.078)
    crossing = _essvi(theta=falling).arbitrage(time_to_expiry=_TIMES)
    pair = [v for v in crossing if v.kind == "calendar"]
    assert {(v.time_to_expiry, v.later_time_to_expiry) for v in pair} == {(0.5, 1.0)}
    assert any(v.start < 0.0 < v.end for v in pair), "at the money theta falls"
    rho = (-0.45, -0.5, 0.9, -0.58, -0.6)
    wings = _essvi(rho=rho).arbitrage()
    assert any(v.kind == "calendar" and v.place == -math.inf for v in wings)


@pytest.mark.parametrize("surface", _surfaces(), ids=lambda s: f"{s.phi}-{s.interpolation}")
def test_local_volatility_is_dupires(surface: ssvi.Surface) -> None:
    """From differences of Black's calls on a forward of 1: 2 C_T / (K^2 C_KK)."""

    def call(strike: Any, time: float) -> Any:
        volatility = surface.implied_volatility(log_moneyness=np.log(strike), time_to_expiry=time)
        return black.price(
            option_type="call",
            forward=1.0,
            strike=strike,
            time_to_expiry=time,
            rate=0.0,
            volatility=volatility,
        )

    strike = np.linspace(0.75, 1.25, 11)
    time, step, width = 0.7, 1e-4, 2e-4
    by_time = (call(strike, time + step) - call(strike, time - step)) / (2.0 * step)
    bend = (
        call(strike + width, time) - 2.0 * call(strike, time) + call(strike - width, time)
    ) / width**2
    want = np.sqrt(2.0 * by_time / bend) / strike
    found = surface.local_volatility(log_moneyness=np.log(strike), time_to_expiry=time)
    np.testing.assert_allclose(found, want, rtol=1e-5)


def _tridiagonal(lower: Any, diagonal: Any, upper: Any, right: Any) -> Any:
    """Thomas's elimination; the three diagonals and the right side have one length."""
    bent, x = diagonal.copy(), right.copy()
    for i in range(1, x.size):
        share = lower[i] / bent[i - 1]
        bent[i] -= share * upper[i - 1]
        x[i] -= share * x[i - 1]
    x[-1] /= bent[-1]
    for i in range(x.size - 2, -1, -1):
        x[i] = (x[i] - upper[i] * x[i + 1]) / bent[i]
    return x


def test_local_volatility_gives_back_the_smile() -> None:
    """Dupire's forward equation of calls, by Crank and Nicolson, from a short smile to a later."""
    surface = _formula(_SHAPES[0], interpolation="smooth")
    k = np.linspace(-1.6, 1.0, 521)
    h = k[1] - k[0]

    def calls(time: float) -> Any:
        volatility = surface.implied_volatility(log_moneyness=k, time_to_expiry=time)
        return black.price(
            option_type="call",
            forward=1.0,
            strike=np.exp(k),
            time_to_expiry=time,
            rate=0.0,
            volatility=volatility,
        )

    times = np.linspace(0.1, 0.6, 101)
    price = calls(times[0])
    for before, after in itertools.pairwise(times):
        middle = 0.5 * (before + after)
        local = surface.local_volatility(log_moneyness=k, time_to_expiry=middle)
        move = 0.25 * (after - before) * local**2
        move[[0, -1]] = 0.0  # prices at the ends are held
        lower, upper = move * (1.0 / h**2 + 0.5 / h), move * (1.0 / h**2 - 0.5 / h)
        middles = -2.0 * move / h**2
        right = price + middles * price
        right[1:] += lower[1:] * price[:-1]
        right[:-1] += upper[:-1] * price[1:]
        price = _tridiagonal(-lower, 1.0 - middles, -upper, right)
    inside = np.abs(k) < 0.4
    found = black.implied_volatility(
        option_type="call",
        price=price[inside],
        forward=1.0,
        strike=np.exp(k[inside]),
        time_to_expiry=times[-1],
        rate=0.0,
        on_failure="raise",
    )
    want = surface.implied_volatility(log_moneyness=k[inside], time_to_expiry=times[-1])
    np.testing.assert_allclose(found, want, rtol=0.0, atol=3e-4)


def test_no_local_volatility_is_a_status() -> None:
    falling = _essvi(theta=(0.003, 0.012, 0.022, 0.020, 0.078))
    with pytest.raises(ValueError, match="outside the engine's range"):
        falling.local_volatility(log_moneyness=0.0, time_to_expiry=0.7)
    found, status = falling.local_volatility(
        log_moneyness=[0.0, 0.0], time_to_expiry=[0.7, 0.3], return_status=True
    )
    assert math.isnan(found[0])
    assert found[1] > 0.0
    assert list(status) == [Status.OUT_OF_DOMAIN, Status.OK]


def test_a_surface_survives_json() -> None:
    for surface in _surfaces():
        document = json.loads(json.dumps(surface.to_dict()))
        assert ssvi.Surface.from_dict(document) == surface
    with pytest.raises(ValueError, match="fields are"):
        ssvi.Surface.from_dict({"theta": [0.1]})


def _quotes(surface: ssvi.Surface) -> dict[str, Any]:
    k = np.linspace(-2.5, 2.5, 11) * np.sqrt(surface.theta)[:, None]
    time = np.broadcast_to(np.array(surface.time_to_expiry)[:, None], k.shape)
    volatility = surface.implied_volatility(log_moneyness=k, time_to_expiry=time)
    return {"log_moneyness": k, "time_to_expiry": time, "volatility": volatility}


@pytest.mark.parametrize("shape", _SHAPES, ids=lambda shape: shape["phi"])
def test_formula_surfaces_are_recovered(shape: dict[str, Any]) -> None:
    draw = np.random.default_rng(8)
    for _ in range(30):
        theta = draw.uniform(0.01, 0.25) * np.cumsum(
            np.diff([0.0, *_TIMES]) * draw.uniform(0.6, 1.5, len(_TIMES))
        )
        rho = draw.uniform(-0.9, 0.5)
        least = 0.25 * (1.0 + abs(rho))
        eta = least * 10.0 ** draw.uniform(0.1, 1.5) if shape["phi"] == "heston" else None
        change = {"rho": rho, "eta": eta or draw.uniform(0.2, 0.95) * 0.5 / least}
        truth = _formula({**shape, **change}, theta=theta)
        found = ssvi.calibrate(phi=shape["phi"], **_quotes(truth))
        assert np.abs(found.errors).max() < 1e-9
        np.testing.assert_allclose(found.surface.theta, truth.theta, rtol=1e-6)
        np.testing.assert_allclose(found.surface.psi, truth.psi, rtol=1e-5)
        np.testing.assert_allclose(found.surface.rho, truth.rho, rtol=1e-4, atol=1e-6)


def test_slices_are_recovered_with_and_without_noise() -> None:
    draw = np.random.default_rng(9)
    for _ in range(15):
        psi = np.array(_SLICES["psi"]) * draw.uniform(0.5, 0.95)
        theta = np.array(_THETA) * draw.uniform(0.9, 2.0)
        truth = _essvi(psi=psi, theta=theta)
        assert truth.conditions()
        quotes = _quotes(truth)
        found = ssvi.calibrate_essvi(**quotes)
        assert np.abs(found.errors).max() < 1e-9
        np.testing.assert_allclose(found.surface.theta, truth.theta, rtol=1e-7)
        np.testing.assert_allclose(found.surface.psi, truth.psi, rtol=1e-6)
        np.testing.assert_allclose(found.surface.rho, truth.rho, rtol=1e-5)
        noise = 0.003 * draw.standard_normal(quotes["volatility"].shape)
        noisy = ssvi.calibrate_essvi(**{**quotes, "volatility": quotes["volatility"] + noise})
        assert noisy.sum_of_squares < np.sum(noise**2)
        assert noisy.surface.conditions()
        assert noisy.surface.arbitrage() == ()
        np.testing.assert_allclose(noisy.rmse, np.sqrt(np.mean(noisy.errors**2, axis=1)))


def test_standard_errors_are_those_of_repeated_noise() -> None:
    """Errors over standard errors have variance 1: over 80 draws within 4 of its own deviations."""
    truth = _formula(_SHAPES[0])
    quotes = _quotes(truth)
    draw = np.random.default_rng(10)
    scores = []
    for _ in range(80):
        noise = 0.001 * draw.standard_normal(quotes["volatility"].shape)
        found = ssvi.calibrate(**{**quotes, "volatility": quotes["volatility"] + noise})
        off = np.array([found.surface.rho[0] + 0.6, *(np.array(found.surface.theta) - truth.theta)])
        errors = [found.standard_errors["rho"][0], *found.standard_errors["theta"]]
        scores.append(off / errors)
    variance = np.mean(np.square(scores), axis=0)
    assert (np.abs(variance - 1.0) < 4.0 * np.sqrt(2.0 / 80.0)).all()


def test_missing_wings_and_lone_quotes_are_bridged() -> None:
    truth = _essvi()
    quotes = {name: value.copy() for name, value in _quotes(truth).items()}
    kept = np.ones(quotes["volatility"].shape, dtype=bool)
    kept[0, :5] = False  # no left wing
    kept[2] = [column == 5 for column in range(11)]  # one quote, at the money
    kept[3, 6:] = False  # no right wing
    found = ssvi.calibrate_essvi(**{name: value[kept] for name, value in quotes.items()})
    assert found.surface.arbitrage() == ()
    everywhere = found.surface.implied_volatility(
        log_moneyness=quotes["log_moneyness"], time_to_expiry=quotes["time_to_expiry"]
    )
    assert np.abs(everywhere - quotes["volatility"])[kept].max() < 1e-3
    assert np.abs(everywhere - quotes["volatility"]).max() < 0.03


@pytest.mark.parametrize("calibrate", [ssvi.calibrate, ssvi.calibrate_essvi])
def test_outliers_do_not_rule_a_robust_fit(calibrate: Any) -> None:
    quotes = _quotes(_formula(_SHAPES[0]))
    exact = quotes["volatility"].copy()
    quotes["volatility"] = exact.copy()
    quotes["volatility"][1, 0] += 0.15
    quotes["volatility"][3, 9] += 0.15
    plain, robust = (calibrate(**quotes, robust_scale=scale) for scale in (None, 1e-4))

    def worst(surface: ssvi.Surface) -> float:
        return float(np.abs(_quotes_at(surface, quotes) - exact).max())

    assert worst(robust.surface) < 2e-3
    assert worst(plain.surface) > 4.0 * worst(robust.surface)
    assert robust.surface.arbitrage() == ()


def _quotes_at(surface: ssvi.Surface, quotes: dict[str, Any]) -> Any:
    return surface.implied_volatility(
        log_moneyness=quotes["log_moneyness"], time_to_expiry=quotes["time_to_expiry"]
    )


@pytest.mark.parametrize(
    "wild", [_essvi(psi=(0.3, 0.5, 0.7, 0.9, 1.1)), _essvi(rho=(-0.4, 0.9, -0.9, 0.9, 0.0))]
)
def test_quotes_with_arbitrage_are_fitted_without(wild: ssvi.Surface) -> None:
    """The best surface is at the edge of what is allowed."""
    assert not wild.conditions()
    assert wild.arbitrage() != ()
    quotes = _quotes(wild)
    fits = [ssvi.calibrate(phi=shape["phi"], **quotes) for shape in _SHAPES]
    for fit in (*fits, ssvi.calibrate_essvi(**quotes)):
        assert fit.surface.conditions(), fit.surface
        assert fit.surface.arbitrage() == ()


def test_flat_quotes_are_fitted_by_flat_smiles() -> None:
    quotes = {**_quotes(_essvi()), "volatility": 0.2}
    for shape in _SHAPES:
        assert np.abs(ssvi.calibrate(phi=shape["phi"], **quotes).errors).max() < 2e-3
    fit = ssvi.calibrate_essvi(**quotes)
    assert np.abs(fit.errors).max() < 1e-5
    assert fit.surface.arbitrage() == ()


def test_the_order_of_quotes_does_not_matter() -> None:
    quotes = _quotes(_essvi())
    order = np.random.default_rng(1).permutation(quotes["volatility"].size)
    shuffled = {name: value.ravel()[order] for name, value in quotes.items()}
    found = ssvi.calibrate_essvi(**quotes).surface
    again = ssvi.calibrate_essvi(**shuffled).surface
    np.testing.assert_allclose(again.psi, found.psi, rtol=1e-9)


def test_the_dax_surface_is_fitted_without_arbitrage() -> None:
    table = market_fit.quotes(market_fit.read_surface(_DAX))
    quotes: dict[str, Any] = {
        "log_moneyness": np.log(table["strike"].to_numpy() / table["forward"].to_numpy()),
        "time_to_expiry": table["time_to_expiry"],
        "volatility": table["market_volatility"],
    }
    flat = float(np.sum(np.square(table["volatility_error"].to_numpy())))
    law = ssvi.calibrate(**quotes)
    slices = ssvi.calibrate_essvi(**quotes)
    for fit in (law, slices):
        assert fit.surface.arbitrage() == ()
        assert fit.surface.conditions()
    assert slices.sum_of_squares < law.sum_of_squares < 0.05 * flat


def test_bits_do_not_depend_on_threads() -> None:
    surface = _essvi()
    draw = np.random.default_rng(2)
    terms: dict[str, Any] = {
        "log_moneyness": draw.normal(size=9000),
        "time_to_expiry": draw.uniform(0.01, 3.0, 9000),
    }
    one, two = (surface.local_volatility(**terms, threads=threads) for threads in (1, 2))
    np.testing.assert_array_equal(one, two)
    out = np.empty(9000)
    assert surface.local_volatility(**terms, out=out) is out
    np.testing.assert_array_equal(out, one)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"theta": (0.003, -1.0, 0.02, 0.04, 0.08)}, r"theta is -1\.0 at index 1: must be finite"),
        ({"rho": (-0.45, -0.5, -1.0, -0.58, -0.6)}, r"rho is -1\.0 at index 2"),
        ({"psi": (0.1, 0.2)}, "psi has 2 entries: must be 5"),
        ({"time_to_expiry": (0.05, 0.25, 0.25, 1.0, 2.0)}, "must ascend"),
        ({"phi": "quadratic"}, "phi is 'quadratic'"),
        ({"interpolation": "spline"}, "interpolation is 'spline'"),
        ({"phi": "heston", "eta": 2.0}, "the formula of phi gives"),
    ],
)
def test_bad_surfaces_are_refused(change: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        _essvi(**change)


def test_bad_arguments_are_named() -> None:
    surface = _essvi()
    with pytest.raises(ValueError, match=r"time_to_expiry is 0\.0: must be > 0"):
        surface.implied_volatility(log_moneyness=0.0, time_to_expiry=0.0)
    with pytest.raises(ValueError, match="log_moneyness is nan: must be finite"):
        surface.density(log_moneyness=math.nan, time_to_expiry=1.0)
    with pytest.raises(ValueError, match="must be finite, > 0 and ascending"):
        surface.arbitrage(time_to_expiry=[1.0, 0.5])
    with pytest.raises(ValueError, match=r"volatility is nan at index 1"):
        ssvi.calibrate(log_moneyness=0.0, time_to_expiry=1.0, volatility=[0.2, math.nan])
    with pytest.raises(ValueError, match=r"gamma is 1\.5"):
        _formula({"phi": "power_law", "rho": 0.0, "eta": 1.0, "gamma": 1.5})

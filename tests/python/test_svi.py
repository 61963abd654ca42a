"""SVI smiles: published examples, 50-digit values, exact arbitrage tests, calibration."""

from __future__ import annotations

import math
from typing import Any

import mpmath
import numpy as np
import pytest

from strikeproof import Status, black, svi

pytestmark = pytest.mark.fast

# Axel Vogt's smile, and its jump wings at time 1: Gatheral and Jacquier (2014), example 3.1 and 5.1
_VOGT = {"a": -0.0410, "b": 0.1331, "rho": 0.3060, "m": 0.3586, "sigma": 0.4153}
_VOGT_WINGS = (0.01742625, -0.1752111, 0.6997381, 1.316798, 0.0116249)
# c and v~ that they give to remove its arbitrage: by their recipe, and by least squares
_MENDED = [(0.3493158, 0.01548182), (0.8564763, 0.0116249)]
_CALM = {"a": 0.01, "b": 0.12, "rho": -0.6, "m": 0.03, "sigma": 0.2}


def _random_smile(draw: np.random.Generator) -> tuple[dict[str, float], float]:
    """Raw parameters, and the scale of log-moneyness: the standard deviation at the money."""
    scale = math.sqrt(10.0 ** draw.uniform(-3.0, 0.0))
    b = 10.0 ** draw.uniform(-2.0, 0.5) * scale
    rho = draw.uniform(-1.0, 1.0)
    sigma = 10.0 ** draw.uniform(-1.5, 0.7) * scale
    bottom = b * sigma * math.sqrt(1.0 - rho * rho)
    a = max(scale**2 - bottom * draw.uniform(0.5, 1.3), -0.95 * bottom)
    m = draw.uniform(-1.5, 1.5) * scale
    return {"a": a, "b": b, "rho": rho, "m": m, "sigma": sigma}, scale


def test_published_jump_wings() -> None:
    found = svi.raw_to_jump_wings(**_VOGT, time_to_expiry=1.0)
    np.testing.assert_allclose(found, _VOGT_WINGS, rtol=1e-6)


def test_published_butterfly_arbitrage_is_found_in_place() -> None:
    (violation,) = svi.butterfly(**_VOGT)
    assert violation.kind == "butterfly"
    # the published figure shows g below 0 somewhat left of 0.9, from 0.65 to 1.25
    assert 0.6 < violation.start < 0.7
    assert 1.2 < violation.end < 1.3
    k = np.linspace(0.0, 2.0, 200001)
    g = svi.durrleman(log_moneyness=k, **_VOGT)
    assert violation.place == pytest.approx(k[np.argmin(g)], abs=1e-5)
    assert violation.size == pytest.approx(g.min(), abs=1e-10)
    assert (g[(k > violation.start) & (k < violation.end)] < 0.0).all()
    assert (g[(k < violation.start) | (k > violation.end)] >= 0.0).all()


@pytest.mark.parametrize(("c", "v_tilde"), _MENDED)
def test_published_remedies_are_free_of_arbitrage(c: float, v_tilde: float) -> None:
    v, psi, p, _, _ = _VOGT_WINGS
    raw = svi.jump_wings_to_raw(v=v, psi=psi, p=p, c=c, v_tilde=v_tilde, time_to_expiry=1.0)
    assert svi.butterfly(**raw._asdict()) == ()


@pytest.mark.parametrize("raw", [_VOGT, _CALM, {**_CALM, "rho": 0.999, "sigma": 0.01}])
def test_fifty_digit_values(raw: dict[str, float]) -> None:
    with mpmath.workdps(50):
        exact = {name: mpmath.mpf(value) for name, value in raw.items()}

        def variance(k: Any) -> Any:
            x = k - exact["m"]
            root = mpmath.sqrt(x**2 + exact["sigma"] ** 2)
            return exact["a"] + exact["b"] * (exact["rho"] * x + root)

        for k in (-2.0, -0.3, 0.0, 0.05, 0.9, 4.0):
            w, slope, bend = (mpmath.diff(variance, mpmath.mpf(k), n) for n in range(3))
            g = (
                (1 - k * slope / (2 * w)) ** 2
                - slope**2 / 4 * (1 / w + mpmath.mpf(1) / 4)
                + bend / 2
            )
            d = -k / mpmath.sqrt(w) - mpmath.sqrt(w) / 2
            density = g / mpmath.sqrt(2 * mpmath.pi * w) * mpmath.exp(-(d**2) / 2)
            want = [float(value) for value in (w, slope, bend, g, density)]
            found = svi.smile(log_moneyness=k, **raw)
            np.testing.assert_allclose(found, want, rtol=1e-12, atol=1e-14)


def test_density_has_mass_and_mean_one() -> None:
    root = math.sqrt(svi.total_variance(log_moneyness=0.0, **_CALM))
    # the left wing decays slowest: exp of half of (k/sqrt(w))^2, w growing like k
    k = np.linspace(-60.0, 25.0, 400001) * root
    density = svi.density(log_moneyness=k, **_CALM)
    step = k[1] - k[0]
    assert np.sum(density) * step == pytest.approx(1.0, abs=1e-9)
    assert np.sum(density * np.exp(k)) * step == pytest.approx(1.0, abs=1e-9)


def test_density_is_the_curvature_of_calls() -> None:
    """Breeden and Litzenberger: the second derivative of Black's calls by the strike."""
    step = 1e-4
    k = np.linspace(-0.5, 0.5, 11)
    price = []
    for shift in (-step, 0.0, step):
        strike = np.exp(k) + shift
        volatility = svi.implied_volatility(
            log_moneyness=np.log(strike), time_to_expiry=1.0, **_CALM
        )
        price.append(
            black.price(
                option_type="call",
                forward=1.0,
                strike=strike,
                time_to_expiry=1.0,
                rate=0.0,
                volatility=volatility,
            )
        )
    bend = (price[0] - 2.0 * price[1] + price[2]) / step**2
    np.testing.assert_allclose(
        bend * np.exp(k), svi.density(log_moneyness=k, **_CALM), rtol=2e-6, atol=1e-7
    )


def test_conversions_go_and_come_back() -> None:
    draw = np.random.default_rng(2)
    smiles = [_random_smile(draw)[0] for _ in range(400)]
    raw = {name: np.array([smile[name] for smile in smiles]) for name in _CALM}
    natural = svi.raw_to_natural(**raw)
    back = svi.natural_to_raw(**natural._asdict())
    for name, value in raw.items():
        scale = np.abs(value) + (raw["b"] * raw["sigma"] if name == "a" else raw["sigma"])
        lost = 1.0 / (1.0 - np.abs(raw["rho"]))  # digits that rho near 1 takes
        assert (np.abs(getattr(back, name) - value) <= 1e-14 * lost * scale + 1e-15).all(), name
    k = 0.1
    form = natural.delta + natural.omega / 2 * (
        1
        + natural.zeta * natural.rho * (k - natural.mu)
        + np.sqrt((natural.zeta * (k - natural.mu) + natural.rho) ** 2 + 1 - natural.rho**2)
    )
    np.testing.assert_allclose(form, svi.total_variance(log_moneyness=k, **raw), rtol=1e-9)
    wings = svi.raw_to_jump_wings(**raw, time_to_expiry=0.5)
    again = svi.raw_to_jump_wings(
        **svi.jump_wings_to_raw(**wings._asdict(), time_to_expiry=0.5)._asdict(), time_to_expiry=0.5
    )
    np.testing.assert_allclose(np.array(again), np.array(wings), rtol=1e-7, atol=1e-9)


@pytest.mark.parametrize(
    "change",
    [
        {"v_tilde": 0.05},  # above the variance at the money
        {"psi": 0.9},  # steeper than the right wing
        {"psi": -0.9},
        {"psi": (0.6 - 1.2) / 4.0, "p": 1.2, "c": 0.6, "v": 0.04, "v_tilde": 0.04},
        {"p": -0.1},
    ],
)
def test_jump_wings_without_a_smile_are_refused(change: dict[str, float]) -> None:
    wings = {"v": 0.04, "psi": -0.1, "p": 1.2, "c": 0.6, "v_tilde": 0.03, "time_to_expiry": 1.0}
    svi.jump_wings_to_raw(**wings)
    with pytest.raises(ValueError, match=r"outside the engine's range|must be >= 0"):
        svi.jump_wings_to_raw(**{**wings, **change})


def test_natural_parameters_do_not_say_a_slanted_line() -> None:
    with pytest.raises(ValueError, match="outside the engine's range"):
        svi.raw_to_natural(**{**_CALM, "rho": 1.0})


def test_exact_butterflies_agree_with_a_dense_grid() -> None:
    draw = np.random.default_rng(11)
    u = np.linspace(-14.0, 14.0, 8001)
    found = 0
    for _ in range(400):
        raw, _ = _random_smile(draw)
        exact = svi.butterfly(**raw, tolerance=0.0)
        k = raw["m"] + raw["sigma"] * np.sinh(u)
        g = svi.durrleman(log_moneyness=k, **raw)
        assert not (g.min() < -1e-12 and not exact), f"{raw}: the grid alone has {g.min()}"
        butterflies = [v for v in exact if v.kind == "butterfly"]
        inside = np.zeros(u.shape, dtype=bool)
        for violation in butterflies:
            inside |= (k > violation.start) & (k < violation.end)
            assert g.min() >= min(v.size for v in butterflies) - 1e-10
        assert (inside == (g < 0.0))[np.abs(g) > 1e-12].all(), f"{raw}: another interval"
        found += bool(exact)
    assert 20 < found < 200, "the sample holds smiles of both kinds"


def test_exact_calendars_agree_with_a_dense_grid() -> None:
    draw = np.random.default_rng(12)
    u = np.linspace(-14.0, 14.0, 8001)
    found = 0
    for count in range(400):
        earlier, _ = _random_smile(draw)
        later, _ = _random_smile(draw)
        if count % 2:  # a near neighbour
            later = {**earlier, "a": earlier["a"] + 0.05 * abs(earlier["a"])}
            later["rho"] *= draw.uniform(0.9, 1.0)
        exact = svi.calendar(earlier=tuple(earlier.values()), later=tuple(later.values()))
        k = earlier["m"] + earlier["sigma"] * np.sinh(u)
        ratio = (
            svi.total_variance(log_moneyness=k, **later)
            / svi.total_variance(log_moneyness=k, **earlier)
            - 1.0
        )
        inside = np.zeros(u.shape, dtype=bool)
        for violation in exact:
            inside |= (k > violation.start) & (k < violation.end)
        assert (inside == (ratio < 0.0))[np.abs(ratio) > 1e-11].all(), f"{earlier}, {later}"
        found += bool(exact)
    assert 50 < found < 380, "the sample holds pairs of both kinds"


def test_a_planted_crossing_is_found_where_it_is() -> None:
    """a grows by 0.01 and b falls by 0.02: equal where sqrt(k^2 + 0.04) = 0.5."""
    earlier = (0.02, 0.12, 0.0, 0.0, 0.2)
    left, right = svi.calendar(earlier=earlier, later=(0.03, 0.10, 0.0, 0.0, 0.2))
    assert right.start == pytest.approx(math.sqrt(0.25 - 0.04), rel=1e-14)
    assert left.end == pytest.approx(-math.sqrt(0.25 - 0.04), rel=1e-14)
    assert (left.place, right.place, right.end) == (-math.inf, math.inf, math.inf)
    assert right.size == pytest.approx(0.10 / 0.12 - 1.0, rel=1e-14)
    assert svi.calendar(earlier=earlier, later=earlier) == ()
    assert svi.calendar(earlier=earlier, later=(0.0200001, *earlier[1:])) == ()


def test_wings_and_negative_variance_are_named() -> None:
    steep = {"a": 0.1, "b": 1.5, "rho": 0.5, "m": 0.0, "sigma": 0.3}
    kinds = [violation.kind for violation in svi.butterfly(**steep)]
    assert "right wing" in kinds
    assert "left wing" not in kinds
    assert "butterfly" in kinds
    mirrored = [v.kind for v in svi.butterfly(**{**steep, "rho": -0.5})]
    assert "left wing" in mirrored
    (negative,) = svi.butterfly(a=-0.05, b=0.1, rho=0.0, m=0.1, sigma=0.3)
    assert negative.kind == "variance"
    assert negative.place == 0.1
    assert negative.size == pytest.approx(-0.02)
    assert negative.end - 0.1 == pytest.approx(math.sqrt(0.5**2 - 0.3**2), rel=1e-12)


def _noise_free(draw: np.random.Generator) -> tuple[dict[str, float], float, Any]:
    while True:
        raw, scale = _random_smile(draw)
        wings = raw["b"] * (1.0 - abs(raw["rho"]))
        if wings > 0.05 * scale and 0.3 < raw["sigma"] / scale < 2.5 and not svi.butterfly(**raw):
            return raw, scale, np.linspace(-3.0, 3.0, 15) * scale


def test_calibration_gives_back_random_smiles() -> None:
    draw = np.random.default_rng(4)
    for _ in range(100):
        raw, _, k = _noise_free(draw)
        quotes = svi.implied_volatility(log_moneyness=k, time_to_expiry=0.7, **raw)
        found = svi.calibrate(log_moneyness=k, volatility=quotes, time_to_expiry=0.7)
        assert np.abs(found.errors).max() < 1e-10, raw
        for name, value in raw.items():
            assert found.model[name] == pytest.approx(value, rel=1e-4, abs=1e-6), (name, raw)


def test_noisy_smiles_are_fitted_no_worse_than_by_the_truth_and_without_arbitrage() -> None:
    draw = np.random.default_rng(5)
    constrained = 0
    for _ in range(40):
        raw, _, k = _noise_free(draw)
        exact = svi.implied_volatility(log_moneyness=k, time_to_expiry=0.7, **raw)
        noise = 0.01 * exact.mean() * draw.standard_normal(k.shape)
        terms: dict[str, Any] = {"log_moneyness": k, "volatility": exact + noise}
        found = svi.calibrate(**terms, time_to_expiry=0.7)
        assert svi.butterfly(**found.model) == ()
        assert found.sum_of_squares <= np.sum(noise**2)
        free = svi.calibrate(**terms, time_to_expiry=0.7, no_butterfly=False)
        assert free.sum_of_squares <= found.sum_of_squares * (1.0 + 1e-9)
        if svi.butterfly(**free.model):
            constrained += 1
            assert any("butterfly" in warning for warning in found.warnings)
    assert constrained > 0, "the sample holds smiles that the constraint changes"


def test_vogts_smile_is_fitted_by_its_best_neighbour() -> None:
    k = np.linspace(-1.0, 1.5, 26)
    quotes = svi.total_variance(log_moneyness=k, **_VOGT)
    free = svi.calibrate(log_moneyness=k, total_variance=quotes, no_butterfly=False)
    assert np.abs(free.errors).max() < 1e-9
    found = svi.calibrate(log_moneyness=k, total_variance=quotes)
    assert svi.butterfly(**found.model) == ()
    v, psi, p, c, v_tilde = *_VOGT_WINGS[:3], *_MENDED[1]
    published = svi.jump_wings_to_raw(v=v, psi=psi, p=p, c=c, v_tilde=v_tilde, time_to_expiry=1.0)
    theirs = np.sqrt(svi.total_variance(log_moneyness=k, **published._asdict())) - np.sqrt(quotes)
    assert found.sum_of_squares < np.sum(theirs**2)


def test_an_outlier_does_not_rule_a_robust_fit() -> None:
    k = np.linspace(-0.5, 0.4, 19)
    exact = svi.implied_volatility(log_moneyness=k, time_to_expiry=1.0, **_CALM)
    quotes = exact.copy()
    quotes[3] += 0.2
    terms: dict[str, Any] = {"log_moneyness": k, "volatility": quotes, "time_to_expiry": 1.0}
    plain = svi.calibrate(**terms)
    robust = svi.calibrate(**terms, robust_scale=1e-4)

    def worst(model: dict[str, float]) -> float:
        smile = svi.implied_volatility(log_moneyness=k, time_to_expiry=1.0, **model)
        return float(np.abs(smile - exact).max())

    assert worst(robust.model) < 1e-3
    assert worst(plain.model) > 1e-2
    without = svi.calibrate(**terms, weight=np.where(np.arange(19) == 3, 1e-9, 1.0))
    assert worst(without.model) < 1e-7


def test_one_sided_quotes_are_fitted_without_arbitrage() -> None:
    k = np.linspace(-0.6, -0.05, 6)
    quotes = svi.implied_volatility(log_moneyness=k, time_to_expiry=1.0, **_CALM)
    found = svi.calibrate(log_moneyness=k, volatility=quotes, time_to_expiry=1.0)
    assert np.abs(found.errors).max() < 1e-5
    assert svi.butterfly(**found.model) == ()


def test_bits_do_not_depend_on_threads() -> None:
    k = np.linspace(-1.0, 1.0, 10001)
    one = svi.smile(log_moneyness=k, **_CALM, threads=1)
    two = svi.smile(log_moneyness=k, **_CALM, threads=2)
    np.testing.assert_array_equal(one, two)


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("b", -0.1, "b is -0.1: must be >= 0"),
        ("rho", 1.5, r"rho is 1.5: must be within \[-1, 1\]"),
        ("sigma", 0.0, "sigma is 0.0: must be > 0"),
        ("m", math.nan, "m is nan: must be finite"),
    ],
)
def test_bad_arguments_are_named(name: str, value: float, words: str) -> None:
    bad = {**_CALM, name: value}
    for function in (svi.smile, svi.total_variance, svi.density, svi.durrleman):
        with pytest.raises(ValueError, match=words):
            function(log_moneyness=0.1, **bad)
    with pytest.raises(ValueError, match=words):
        svi.butterfly(**bad)
    found, status = svi.total_variance(
        log_moneyness=[0.0, 0.1], **{**_CALM, name: [value, _CALM[name]]}, return_status=True
    )
    assert math.isnan(found[0])
    assert status[0] in (Status.NON_FINITE, Status.OUT_OF_DOMAIN)
    assert status[1] == Status.OK


def test_bad_quotes_are_named() -> None:
    k = np.linspace(-0.2, 0.2, 6)
    terms: dict[str, Any] = {"log_moneyness": k, "time_to_expiry": 1.0}
    with pytest.raises(ValueError, match=r"volatility is -0\.2 at index 0"):
        svi.calibrate(**terms, volatility=np.full(6, -0.2))
    with pytest.raises(ValueError, match="give volatility or total_variance"):
        svi.calibrate(**terms)
    with pytest.raises(ValueError, match="4 quotes for 5 parameters"):
        svi.calibrate(log_moneyness=k[:4], time_to_expiry=1.0, volatility=0.2)
    with pytest.raises(ValueError, match="time_to_expiry is 0"):
        svi.calibrate(log_moneyness=k, time_to_expiry=0.0, volatility=0.2)
    with pytest.raises(ValueError, match="robust_scale is 0"):
        svi.calibrate(**terms, volatility=0.2, robust_scale=0.0)

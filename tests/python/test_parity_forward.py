"""Forwards from parity: exact recovery, error bars, outliers, bounds, groups, refusals."""

import math
import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from strikeproof import american, black, forwards
from strikeproof._student import two_sided_quantile
from strikeproof.forwards import FitStatus, Rejection, from_parity

pytestmark = pytest.mark.fast

FORWARD, DISCOUNT = 5000.0, 0.97
GAUSS = np.polynomial.legendre.leggauss(200)


def chain(groups=1, strikes=30, *, noise=0.0, seed=7, forward=FORWARD, discount=DISCOUNT):
    """Quotes of index options: spreads grow with the price, values lie within the quotes.

    `noise` is the part of each quote over which its true value is uniform: 1 is all of it.
    """
    random = np.random.default_rng(seed)
    strike = np.tile(np.linspace(0.7, 1.3, strikes) * forward, (groups, 1))
    terms = {"forward": forward, "strike": strike, "time_to_expiry": 0.5, "rate": 0.0}
    values = {
        side: discount * black.price(option_type=side, volatility=0.2, **terms) + 50.0
        for side in ("call", "put")
    }
    quotes = {"strike": strike.ravel()}
    for side, value in values.items():
        spread = (0.5 + 0.02 * value) * random.uniform(0.5, 1.5, strike.shape)
        middle = value + noise * spread * random.uniform(-0.5, 0.5, strike.shape)
        quotes[f"{side}_bid"] = (middle - 0.5 * spread).ravel()
        quotes[f"{side}_ask"] = (middle + 0.5 * spread).ravel()
    if groups > 1:
        quotes["expiry"] = np.repeat(np.arange(groups), strikes)
    return quotes


def moved(quotes, rows, by):
    """The same with the calls of some rows moved by so many spreads."""
    found = {name: column.copy() for name, column in quotes.items()}
    spread = quotes["call_ask"] - quotes["call_bid"]
    for name in ("call_bid", "call_ask"):
        found[name][rows] += by * spread[rows]
    return found


@pytest.mark.parametrize("loss", ["bisquare", "huber", "least_squares"])
@pytest.mark.parametrize("discount", [None, DISCOUNT])
def test_quotes_without_noise_are_recovered(loss, discount):
    found = from_parity(**chain(), loss=loss, discount=discount, spot=4950.0, time_to_expiry=0.5)
    assert found.forward == pytest.approx(FORWARD, rel=1e-13)
    assert found.discount == pytest.approx(DISCOUNT, rel=1e-13)
    assert found.forward_error < 1e-10
    assert found.rate == pytest.approx(-math.log(DISCOUNT) / 0.5, rel=1e-11)
    expected = -math.log(FORWARD * DISCOUNT / 4950.0) / 0.5
    assert found.dividend_yield == pytest.approx(expected, rel=1e-11)
    assert (found.strikes, found.rejected, found.inside_bounds) == (30, 0, True)
    assert found.discount_error == 0.0 or discount is None


@given(
    forward=st.floats(0.1, 1e6),
    discount=st.floats(0.2, 1.1),
    strikes=st.integers(6, 60),
    outlier=st.integers(0, 59),
)
def test_an_outlier_among_exact_prices_changes_nothing(forward, discount, strikes, outlier):
    strike = np.linspace(0.5, 1.6, strikes) * forward
    put = 0.1 * strike
    call = put + discount * (forward - strike)
    wrong = outlier % strikes
    call[wrong] += 0.01 * forward
    found = from_parity(strike=strike, call_price=call, put_price=put)
    assert found.forward == pytest.approx(forward, rel=1e-11)
    assert found.discount == pytest.approx(discount, rel=1e-11)
    assert np.flatnonzero(found.reason).tolist() == [wrong]
    assert found.reason[wrong] == Rejection.OUTLIER


# strikes, losses whose interval holds its 95 % there; bisquare is on the short side below 12
COVERED = [
    pytest.param(8, "least_squares", 0.0, id="8-least-squares"),
    pytest.param(12, "bisquare", 0.01, id="12-bisquare"),
    pytest.param(30, "bisquare", 0.0, id="30-bisquare"),
    pytest.param(30, "huber", 0.0, id="30-huber"),
    pytest.param(100, "bisquare", 0.0, id="100-bisquare"),
]


@pytest.mark.parametrize(("strikes", "loss", "short"), COVERED)
@pytest.mark.parametrize("discount", [None, DISCOUNT])
def test_the_interval_covers_the_truth_as_often_as_it_says(strikes, loss, short, discount):
    runs = 4000
    quotes = chain(runs, strikes, noise=1.0, seed=11)
    found = from_parity(**quotes, loss=loss, discount=discount, spot=4950.0, time_to_expiry=0.5)
    assert np.all(found.status == FitStatus.OK)
    deviation = math.sqrt(0.95 * 0.05 / runs)

    def held(low, truth, high):
        share = np.mean((low <= truth) & (truth <= high))
        assert 0.95 - short - 3.5 * deviation <= share <= 0.95 + 3.5 * deviation

    held(found.forward_low, FORWARD, found.forward_high)
    if discount is None:
        held(found.discount_low, DISCOUNT, found.discount_high)
    width = two_sided_quantile(0.95, found.degrees_of_freedom)
    truth = -math.log(FORWARD * DISCOUNT / 4950.0) / 0.5
    off = width * found.dividend_yield_error
    held(found.dividend_yield - off, truth, found.dividend_yield + off)
    # the weights are inverse variances of the noise that was planted
    assert np.mean(found.chi_square / found.degrees_of_freedom) == pytest.approx(1.0, abs=0.03)


@pytest.mark.parametrize("discount", [None, DISCOUNT])
def test_planted_outliers_are_rejected_and_named(discount):
    clean = chain(200, 40, noise=1.0)
    random = np.random.default_rng(5)
    rows = np.flatnonzero(random.random(8000) < 0.1)
    sign = random.choice([-1.0, 1.0], rows.size)
    quotes = moved(clean, rows, 12.0 * sign)
    # where the put's quote is much wider than the call's, twelve spreads of the call are no outlier
    call, put = (clean[f"{s}_ask"] - clean[f"{s}_bid"] for s in ("call", "put"))
    plain = rows[12.0 * call[rows] > 12.0 * np.sqrt((call**2 + put**2) / 12.0)[rows]]
    found = from_parity(**quotes, discount=discount)
    assert np.mean(found.reason[plain] == Rejection.OUTLIER) > 0.99
    assert np.mean(np.delete(found.reason, rows) == Rejection.OUTLIER) < 1e-3
    inside = (found.forward_low <= FORWARD) & (found.forward_high >= FORWARD)
    assert np.mean(inside) > 0.9
    trusting = from_parity(**quotes, discount=discount, loss="least_squares")
    assert np.mean(np.abs(trusting.forward - FORWARD)) > 2 * np.mean(
        np.abs(found.forward - FORWARD)
    )


def test_the_bounds_hold_whatever_lies_within_the_quotes():
    quotes = chain(500, 25, noise=1.0)
    found = from_parity(**quotes, discount=DISCOUNT)
    kept = found.rejected == 0
    assert np.all(found.bound_low[kept] <= FORWARD)
    assert np.all(found.bound_high[kept] >= FORWARD)
    narrow = from_parity(**chain(500, 25, noise=0.1), discount=DISCOUNT)
    assert np.all(narrow.inside_bounds)
    row = slice(25 * 3, 25 * 4)
    k, cb, ca, pb, pa = (
        quotes[n][row] for n in ("strike", "call_bid", "call_ask", "put_bid", "put_ask")
    )
    assert found.bound_low[3] == np.max(k + (cb - pa) / DISCOUNT)
    assert found.bound_high[3] == np.min(k + (ca - pb) / DISCOUNT)
    # a call too dear and a put too dear by two spreads: no forward keeps both
    torn = moved(moved(chain(), 10, 2.0), 20, -2.0)
    assert not from_parity(**torn, discount=DISCOUNT, loss="huber").inside_bounds


def test_least_squares_is_numpys():
    quotes = chain(noise=1.0)
    found = from_parity(**quotes, loss="least_squares")
    difference = 0.5 * (
        quotes["call_bid"] + quotes["call_ask"] - quotes["put_bid"] - quotes["put_ask"]
    )
    spreads = [quotes[f"{side}_ask"] - quotes[f"{side}_bid"] for side in ("call", "put")]
    deviation = np.hypot(*spreads) / math.sqrt(12.0)
    (slope, level), covariance = np.polyfit(
        quotes["strike"], difference, 1, w=1.0 / deviation, cov=True
    )
    assert found.discount == pytest.approx(-slope, rel=1e-12)
    assert found.forward == pytest.approx(-level / slope, rel=1e-12)
    assert found.discount_error == pytest.approx(math.sqrt(covariance[0, 0]), rel=1e-9)
    gradient = np.array([level / slope**2, -1.0 / slope])
    assert found.forward_error == pytest.approx(
        math.sqrt(gradient @ covariance @ gradient), rel=1e-7
    )


@pytest.mark.parametrize("loss", ["bisquare", "huber"])
def test_the_robust_fit_solves_its_equations(loss):
    """Weighted residuals are uncorrelated with 1 and with the strike at the solution."""
    quotes = moved(chain(noise=1.0, strikes=40), [3, 17], 9.0)
    found = from_parity(**quotes, loss=loss, weight=np.ones(40))
    pull = found.robustness * found.residual
    strike = quotes["strike"] - FORWARD
    assert abs(pull.sum()) < 1e-5 * np.abs(pull).sum()
    assert abs(pull @ strike) < 1e-5 * np.abs(pull) @ np.abs(strike)
    assert np.all((found.robustness >= 0.0) & (found.robustness <= 1.0))
    assert (found.rejected > 0) == (loss == "bisquare")


def test_the_error_bar_is_hubers():
    """His formula written out, with the scale that the bisquare's weights betray."""
    quotes = moved(chain(noise=1.0, strikes=15), [2], 5.0)
    weight = np.linspace(1.0, 3.0, 15)
    found = from_parity(**quotes, weight=weight)
    design = np.column_stack([np.ones(15), quotes["strike"] / FORWARD])
    root = np.sqrt(weight)[:, None] * design
    leverage = np.diag(root @ np.linalg.inv(root.T @ root) @ root.T)
    kept = found.robustness > 0.0
    t = np.sqrt(1.0 - np.sqrt(found.robustness))[kept]
    q = np.abs(found.residual * np.sqrt(weight / (1.0 - leverage)))[kept]
    scale = np.median(q / (4.685 * t))
    np.testing.assert_allclose(q / (4.685 * t), scale, rtol=1e-5)
    psi = q / scale * (1.0 - t**2) ** 2
    steep = (1.0 - t**2) * (1.0 - 5.0 * t**2)
    count, parameters = int(kept.sum()), 2
    factor = 1.0 + parameters / count * np.var(steep) / np.mean(steep) ** 2
    squares = np.sum((1.0 - leverage[kept]) * psi**2) / (count - parameters)
    variance = (factor * scale / np.mean(steep)) ** 2 * squares
    inner = root[kept]
    covariance = variance * np.linalg.inv(inner.T @ inner)
    assert count < 15
    assert found.discount_error == pytest.approx(math.sqrt(covariance[1, 1]) / FORWARD, rel=1e-5)
    # F = -level / slope of the line level + slope strike / FORWARD
    gradient = np.array([1.0, found.forward / FORWARD]) / found.discount
    expected = math.sqrt(gradient @ covariance @ gradient)
    assert found.forward_error == pytest.approx(expected, rel=1e-5)


def test_an_expiry_depends_on_its_rows_alone():
    sizes = [6, 8, 9, *[40] * 12, 130, 131]
    quotes = [chain(strikes=n, noise=1.0, seed=k) for k, n in enumerate(sizes)]
    quotes[4:9] = [moved(q, [3, 30], 4.0 + k) for k, q in enumerate(quotes[4:9])]
    joined = {name: np.concatenate([q[name] for q in quotes]) for name in quotes[0]}
    days = np.repeat(np.datetime64("2026-06-19") + 7 * np.arange(len(sizes)), sizes)
    shuffled = np.random.default_rng(1).permutation(days.size)
    both = from_parity(
        **{name: column[shuffled] for name, column in joined.items()}, expiry=days[shuffled]
    )
    assert both.expiry.tolist() == np.unique(days).tolist()
    for k, own in enumerate(quotes):
        alone = from_parity(**own)
        for name in ("forward", "forward_error", "discount_error", "forward_high", "bound_low"):
            assert getattr(both, name)[k] == getattr(alone, name)
        np.testing.assert_array_equal(
            both.residual[np.argsort(shuffled)][days == both.expiry[k]], alone.residual
        )


def test_dates_and_expiries_are_keys_together():
    quotes = chain(6, 10, noise=1.0)
    names = np.repeat(["b", "a", "c"], 20)
    dates = np.tile(np.repeat([2, 1], 10), 3)
    group = quotes.pop("expiry")
    found = from_parity(**quotes, expiry=names, date=dates)
    assert found.date.tolist() == [1, 1, 1, 2, 2, 2]
    assert found.expiry.tolist() == ["a", "b", "c"] * 2
    plain = from_parity(**quotes, expiry=group)
    np.testing.assert_array_equal(found.forward, plain.forward[[3, 1, 5, 2, 0, 4]])


def test_bad_quotes_are_set_aside_with_a_reason():
    quotes = chain(noise=1.0)
    quotes["call_bid"][0] = np.nan
    quotes["put_bid"][1] = -1.0
    quotes["call_bid"][2] = quotes["call_ask"][2] + 1.0
    for name in ("call_ask", "put_ask"):
        quotes[name][3] = quotes[name.replace("ask", "bid")][3]
    weight = np.ones(30)
    weight[4] = 0.0
    found = from_parity(**quotes)
    assert found.reason[:5].tolist() == [1, 2, 3, 4, 0]
    assert (found.strikes, found.rejected) == (26, 4)
    assert np.all(np.isnan(found.residual[:4]))
    rest = {name: column[4:] for name, column in quotes.items()}
    assert from_parity(**rest).forward == found.forward
    assert from_parity(**quotes, weight=weight).reason[:5].tolist() == [1, 2, 3, 0, 2]


def test_an_expiry_without_an_answer_is_named():
    quotes = chain(4, 8)
    quotes["expiry"] = np.repeat(["jun", "jul", "aug", "sep"], 8)
    quotes["call_bid"][3:8] = np.nan  # jun keeps three
    for side, other in (("call", "put"), ("put", "call")):
        for end in ("bid", "ask"):
            quotes[f"{side}_{end}"][8:16] = chain(1, 8)[f"{other}_{end}"]
    quotes["strike"][16:24] = FORWARD
    found = from_parity(**quotes)
    status = dict(zip(found.expiry.tolist(), found.status.tolist(), strict=True))
    assert status == {
        "jun": FitStatus.TOO_FEW_STRIKES,
        "jul": FitStatus.DISCOUNT_NOT_POSITIVE,
        "aug": FitStatus.STRIKES_COINCIDE,
        "sep": FitStatus.OK,
    }
    bad = found.status != 0
    for name in ("forward", "forward_error", "discount", "discount_low", "bound_low", "chi_square"):
        assert np.array_equal(np.isnan(getattr(found, name)), bad)
    with pytest.raises(ValueError, match=r"expiry aug: all strikes are the same.*3 of 4 expiries"):
        from_parity(**quotes, on_failure="raise")
    few = {name: column[:3] for name, column in chain(1, 8).items()}
    with pytest.raises(ValueError, match=r"the only expiry: too few .* \(0 of 3 kept"):
        from_parity(**few)
    known = from_parity(**few, discount=DISCOUNT, minimum_strikes=2)
    assert known.forward == pytest.approx(FORWARD, rel=1e-12)


def test_early_exercise_bends_the_line():
    """The caveat of the module: American puts in the money pull the forward down."""
    strike = np.linspace(70.0, 130.0, 25)
    terms = {"spot": 100.0, "strike": strike, "time_to_expiry": 1.0, "rate": 0.05}
    call, put = (american.price(option_type=t, volatility=0.2, **terms) for t in ("call", "put"))
    found = from_parity(
        strike=strike,
        call_price=call,
        put_price=put,
        discount=math.exp(-0.05),
        loss="least_squares",
    )
    assert found.forward < 100.0 * math.exp(0.05) - 20 * found.forward_error / 10


def test_the_result_pickles():
    found = from_parity(**chain(3, 9, noise=1.0))
    again = pickle.loads(pickle.dumps(found))
    assert np.array_equal(again.forward, found.forward)
    assert np.array_equal(again.reason, found.reason)
    assert type(from_parity(**chain()).forward) is float


# Abramowitz and Stegun (1964), table 26.10: two-sided probability, degrees of freedom, t
STUDENT = [
    (0.90, 1, 6.314),
    (0.95, 1, 12.706),
    (0.95, 2, 4.303),
    (0.95, 7, 2.365),
    (0.95, 30, 2.042),
    (0.99, 5, 4.032),
    (0.99, 120, 2.617),
    (0.999, 10, 4.587),
]


@pytest.mark.parametrize(("confidence", "degrees", "expected"), STUDENT)
def test_students_quantiles_are_the_published_ones(confidence, degrees, expected):
    found = two_sided_quantile(confidence, np.array([degrees]))[0]
    assert found == pytest.approx(expected, abs=5.1e-4)


@given(st.floats(0.01, 0.9999), st.integers(1, 400))
def test_students_quantiles_hold_their_probability(confidence, degrees):
    """Against the density integrated by Gauss-Legendre in the angle."""
    quantile = two_sided_quantile(confidence, np.array([degrees]))[0]
    nodes, weights = GAUSS
    top = math.atan(quantile / math.sqrt(degrees))
    angle = 0.5 * top * (nodes + 1.0)
    peak = 2.0 * math.exp(math.lgamma(0.5 * degrees + 0.5) - math.lgamma(0.5 * degrees))
    chance = 0.5 * top * peak / math.sqrt(math.pi) * weights @ np.cos(angle) ** (degrees - 1)
    assert chance == pytest.approx(confidence, abs=1e-12)


REFUSED = [
    ({"call_price": None}, "call_price is missing"),
    ({"call_bid": 1.0, "put_bid": 1.0}, "quotes given are call_bid, put_bid: must be all four"),
    ({"strike": 5.0}, r"strike has shape \(\)"),
    ({"put_price": np.ones(5)}, r"put_price has shape \(5,\): must be that of strike"),
    ({"expiry": [1, 2]}, r"expiry has shape \(2,\)"),
    ({"expiry": np.full(6, np.nan)}, "expiry holds NaN or NaT"),
    ({"discount": 0.0}, "discount is 0.0 at index 0 .*must be finite and > 0"),
    (
        {"expiry": [1] * 3 + [2] * 3, "spot": [1.0] * 4 + [2.0] * 2},
        r"spot is 1.0 at index 3 \(expiry 2\): must not vary within an expiry",
    ),
    ({"loss": "cauchy"}, "loss is 'cauchy': must be one of"),
    ({"minimum_strikes": 2}, "minimum_strikes is 2: must be > 2, the parameters fitted"),
    ({"confidence": 1.0}, r"confidence is 1.0: must be within \(0, 0.999999\]"),
    ({"on_failure": "ignore"}, "on_failure is 'ignore'"),
]


@pytest.mark.parametrize(("change", "message"), REFUSED, ids=range(len(REFUSED)))
def test_refusals_name_what_is_wrong(change, message):
    strike = np.linspace(80.0, 120.0, 6)
    given_prices = {"strike": strike, "call_price": 130.0 - strike, "put_price": np.full(6, 30.0)}
    with pytest.raises(ValueError, match=message):
        from_parity(**{**given_prices, **change})
    assert forwards.from_parity(**given_prices).forward == pytest.approx(100.0)

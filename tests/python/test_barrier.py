"""Barrier options: tables, references, QuantLib, identities, bounds, limits, the error table."""

import csv
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from strikeproof import Status, barrier, black_scholes, digital
from tasks.evidence.oracles import barrier as oracle

pytestmark = pytest.mark.fast

DATA = Path(__file__).resolve().parents[1] / "data"
TYPES = ("down_out", "down_in", "up_out", "up_in")
GREEKS = ("price", "delta", "gamma", "vega", "theta", "rho")
MARKET = ("spot", "time_to_expiry", "rate", "dividend_yield", "volatility")
OPTION = {
    "barrier_type": "down_out",
    "option_type": "call",
    "spot": 100.0,
    "strike": 100.0,
    "barrier": 90.0,
    "time_to_expiry": 0.5,
    "rate": 0.05,
    "dividend_yield": 0.02,
    "volatility": 0.25,
    "rebate": 2.0,
}


def read(name):
    """Columns of a reference table, numbers as float64."""
    with (DATA / name).open() as stream:
        rows = list(csv.DictReader(stream))
    columns = {key: [row[key] for row in rows] for key in rows[0]}
    words = {"barrier_type", "option_type", "rebate_payment"}
    return {key: x if key in words else np.array(x, float) for key, x in columns.items()}


def vanilla(terms):
    """The same option without its barrier."""
    return black_scholes.price(**{name: terms[name] for name in (*MARKET, "option_type", "strike")})


def random_terms(count, seed):
    """Columns of random contracts in random markets, spot 100."""
    rng = np.random.default_rng(seed)
    kind = rng.integers(0, 4, count)
    distance = rng.uniform(0.0005, 0.5, count)
    return {
        "barrier_type": np.array(TYPES)[kind],
        "option_type": np.array(["call", "put"])[rng.integers(0, 2, count)],
        "spot": np.full(count, 100.0),
        "strike": 100.0 * np.exp(rng.uniform(-0.7, 0.7, count)),
        "barrier": 100.0 * np.exp(np.where(kind < 2, -distance, distance)),
        "time_to_expiry": rng.integers(5, 1500, count) / 365,
        "rate": rng.uniform(0.0, 0.12, count),
        "dividend_yield": rng.uniform(-0.03, 0.1, count),
        "volatility": rng.uniform(0.08, 0.8, count),
        "rebate": rng.uniform(0.0, 20.0, count) * rng.integers(0, 2, count),
    }


# Haug (2007), table 4-13: value by volatility 0.25 and 0.30, spot 100, half a year, rate 8 %,
# yield 4 %, rebate 3, knock-outs paying it at hit. Printed to four places, the last of them
# off by one in places.
HAUG = [
    ("down_out", "call", 90, 95, 9.0246, 8.8334),
    ("down_out", "call", 100, 95, 6.7924, 7.0285),
    ("down_out", "call", 110, 95, 4.8759, 5.4137),
    ("down_out", "call", 90, 100, 3.0, 3.0),
    ("up_out", "call", 90, 105, 2.6789, 2.6341),
    ("up_out", "call", 100, 105, 2.3580, 2.4389),
    ("up_out", "call", 110, 105, 2.3453, 2.4315),
    ("down_in", "call", 90, 95, 7.7627, 9.0093),
    ("down_in", "call", 100, 95, 4.0109, 5.1370),
    ("down_in", "call", 110, 95, 2.0576, 2.8517),
    ("down_in", "call", 90, 100, 13.8333, 14.8816),
    ("down_in", "call", 110, 100, 3.9795, 5.3043),
    ("up_in", "call", 90, 105, 14.1112, 15.2098),
    ("up_in", "call", 100, 105, 8.4482, 9.7278),
    ("up_in", "call", 110, 105, 4.5910, 5.8350),
    ("down_out", "put", 90, 95, 2.2798, 2.4170),
    ("down_out", "put", 100, 95, 2.2947, 2.4258),
    ("down_out", "put", 110, 95, 2.6252, 2.6246),
    ("up_out", "put", 90, 105, 3.7760, 4.2293),
    ("up_out", "put", 100, 105, 5.4932, 5.8032),
    ("up_out", "put", 110, 105, 7.5187, 7.5649),
    ("down_in", "put", 90, 95, 2.9586, 3.8769),
    ("down_in", "put", 100, 95, 6.5677, 7.7989),
    ("down_in", "put", 110, 95, 11.9752, 13.3078),
    ("up_in", "put", 90, 105, 1.4653, 2.0658),
    ("up_in", "put", 100, 105, 3.3721, 4.4226),
    ("up_in", "put", 110, 105, 7.0846, 8.3686),
]


@pytest.mark.parametrize(("kind", "option_type", "strike", "level", "low", "high"), HAUG)
def test_published_values(kind, option_type, strike, level, low, high):
    found = barrier.price(
        barrier_type=kind,
        option_type=option_type,
        spot=100.0,
        strike=strike,
        barrier=level,
        time_to_expiry=0.5,
        rate=0.08,
        dividend_yield=0.04,
        volatility=[0.25, 0.3],
        rebate=3.0,
    )
    np.testing.assert_allclose(found, [low, high], rtol=0, atol=1.2e-4)


def test_prices_and_greeks_agree_with_references():
    table = read("barrier_reference.csv")
    assert len(table["price"]) >= 100
    terms = {name: x for name, x in table.items() if name not in GREEKS}
    found = barrier.greeks(**terms)
    np.testing.assert_array_equal(found.price, barrier.price(**terms))
    np.testing.assert_allclose(found.price, table["price"], rtol=0, atol=2e-12)
    for name in GREEKS[1:]:
        scale = 1.0 + np.abs(table[name])
        assert (np.abs(getattr(found, name) - table[name]) / scale).max() < 1e-9, name


def test_prices_agree_with_quantlib():
    terms = random_terms(2500, 20260302)
    names = list(terms)
    rows = zip(*(column.tolist() for column in terms.values()), strict=True)
    theirs = np.array([oracle.price(**dict(zip(names, row, strict=True))) for row in rows])
    assert np.abs(barrier.price(**terms) - theirs).max() < 1e-9


def test_out_and_in_are_the_vanilla_option_and_within_bounds():
    terms = random_terms(200_000, 20260303)
    terms |= {"rate": terms["rate"] - 0.06, "volatility": terms["volatility"] ** 3}
    value = barrier.price(**terms)
    assert np.isfinite(value).all()
    assert (value >= 0.0).all()
    most = np.maximum(1.0, np.exp(-terms["rate"] * terms["time_to_expiry"]))
    bound = vanilla(terms) + terms["rebate"] * most
    assert (value <= bound * (1.0 + 2.0**-51)).all()  # numpy rounds its exponential otherwise
    terms["rebate"] = 0.0
    side = np.char.partition(terms["barrier_type"], "_")[:, 0]
    out = barrier.price(**(terms | {"barrier_type": np.char.add(side, "_out")}))
    knocked_in = barrier.price(**(terms | {"barrier_type": np.char.add(side, "_in")}))
    np.testing.assert_allclose(out + knocked_in, vanilla(terms), rtol=0, atol=1e-11)


SIDES = st.sampled_from(["down", "up"])
PAYMENTS = st.sampled_from(["hit", "expiry"])
MARKETS = st.fixed_dictionaries(
    {
        "option_type": st.sampled_from(["call", "put"]),
        "spot": st.floats(1.0, 1e3),
        "strike": st.floats(1.0, 1e3),
        "barrier": st.floats(1.0, 1e3),
        "time_to_expiry": st.floats(0.0, 30.0),
        "rate": st.floats(-0.3, 0.3),
        "dividend_yield": st.floats(-0.3, 0.3),
        "volatility": st.floats(0.0, 3.0),
    }
)


@given(market=MARKETS, side=SIDES, payment=PAYMENTS)
def test_identities_hold_over_the_domain(market, side, payment):
    out, knocked_in = barrier.price(barrier_type=[f"{side}_out", f"{side}_in"], **market)
    scale = market["spot"] * math.exp(9.0) + market["strike"]
    assert out + knocked_in == pytest.approx(vanilla(market), abs=1e-13 * scale)
    # the rebate of a knock-out is a one-touch
    paid = barrier.price(barrier_type=f"{side}_out", rebate=5.0, rebate_payment=payment, **market)
    touch = digital.touch_price(
        touch_type="one_touch",
        side=side,
        payment=payment,
        cash=5.0,
        **{name: market[name] for name in (*MARKET, "barrier")},
    )
    assert paid == pytest.approx(out + touch, abs=1e-12 * scale)


@given(market=MARKETS, further=st.floats(0.0, 2.0), side=SIDES)
def test_a_further_barrier_knocks_out_less(market, further, side):
    moved = market["barrier"] * math.exp(-further if side == "down" else further)
    near = barrier.price(barrier_type=f"{side}_out", **market)
    far = barrier.price(barrier_type=f"{side}_out", **(market | {"barrier": moved}))
    assert far >= near - 1e-13 * (market["spot"] * math.exp(9.0) + market["strike"])


LIMITS = [
    pytest.param({"spot": 90.0}, 2.0, id="at-the-barrier-pays-the-rebate-now"),
    pytest.param({"spot": 80.0}, 2.0, id="beyond-the-barrier"),
    pytest.param(
        {"spot": 80.0, "rebate_payment": "expiry"}, 2.0 * math.exp(-0.025), id="rebate-at-expiry"
    ),
    pytest.param({"time_to_expiry": 0.0, "spot": 105.0}, 5.0, id="expired-alive"),
    pytest.param({"time_to_expiry": 0.0, "spot": 90.0}, 2.0, id="expired-reached"),
    pytest.param(
        {"volatility": 0.0, "rate": -0.5, "dividend_yield": 0.0},
        2.0 * math.exp(-math.log(0.9)),
        id="no-volatility-reached-on-the-way",
    ),
    pytest.param(
        {"volatility": 0.0, "dividend_yield": 0.0, "strike": 95.0},
        100.0 - 95.0 * math.exp(-0.025),
        id="no-volatility-alive",
    ),
    pytest.param({"barrier": 0.0, "strike": 0.0}, 100.0 * math.exp(-0.01), id="no-strike"),
    pytest.param({"barrier_type": "up_out", "barrier": 1e9, "spot": 0.0}, 0.0, id="spot-zero"),
    pytest.param(
        {"barrier_type": "down_in", "barrier": 0.0, "rebate": 4.0}, 4.0 * math.exp(-0.025),
        id="never-in-pays-the-rebate-at-expiry",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("change", "expected"), LIMITS)
def test_limits_are_exact(change, expected):
    terms = OPTION | change
    assert barrier.price(**terms) == pytest.approx(expected, rel=1e-14)


@pytest.mark.parametrize("kind", TYPES)
@pytest.mark.parametrize("change", [{"volatility": 1e-9}, {"time_to_expiry": 1e-16}])
def test_tiny_deviations_approach_the_limit(kind, change):
    limit = dict.fromkeys(change, 0.0)
    terms = OPTION | {"barrier_type": kind, "barrier": 90.0 if "down" in kind else 101.0}
    expected = barrier.greeks(**(terms | limit))
    found = barrier.greeks(**(terms | change))
    assert found.price == pytest.approx(expected.price, abs=1e-6)


def test_a_value_that_jumps_has_no_greeks():
    # without volatility the path ends at the barrier exactly: reached by one half
    terms = OPTION | {
        "volatility": 0.0,
        "rate": 0.0,
        "dividend_yield": math.log(2.0),
        "spot": 200.0,
    }
    terms |= {"time_to_expiry": 1.0, "barrier": 100.0, "strike": 90.0}
    assert barrier.price(**terms) == pytest.approx(0.5 * 10.0 + 0.5 * 2.0, rel=1e-14)
    _, status = barrier.greeks(**terms, return_status=True, on_failure="nan")
    assert status == Status.OVERFLOW


# Broadie, Glasserman and Kou (1997), table 2.1: down-and-out calls watched at 50 fixings.
BROADIE = {85: 6.322, 87: 6.281, 89: 6.184, 91: 5.977, 93: 5.584, 95: 4.907, 97: 3.834, 99: 2.337}


@pytest.mark.parametrize(("level", "expected"), BROADIE.items())
def test_published_discrete_values(level, expected):
    terms = {
        "barrier_type": "down_out",
        "option_type": "call",
        "spot": 100.0,
        "strike": 100.0,
        "barrier": level,
        "time_to_expiry": 0.2,
        "rate": 0.1,
        "volatility": 0.3,
        "fixings": 50,
    }
    assert barrier.discrete_price(**terms) == pytest.approx(expected, abs=1.1e-3)


def one_rule(terms, points=600):
    """Values of a discretely watched knock-out by one Gauss-Legendre rule over all of ln S."""
    n, e = terms["fixings"], 1.0 if terms["barrier_type"].startswith("down") else -1.0
    phi = 1.0 if terms["option_type"] == "call" else -1.0
    step = terms["time_to_expiry"] / n
    variance = terms["volatility"] ** 2 * step
    drift = (terms["rate"] - terms["dividend_yield"]) * step - 0.5 * variance
    reach = 9.0 * math.sqrt(n * variance) + n * abs(drift)
    nodes, weights = np.polynomial.legendre.leggauss(points)
    x = math.log(terms["barrier"]) + e * 0.5 * reach * (1.0 + nodes)
    weights = 0.5 * reach * weights
    kernel = np.exp(-((x[None, :] - x[:, None] - drift) ** 2) / (2 * variance))
    kernel *= weights / math.sqrt(2 * math.pi * variance)
    discount = math.exp(-terms["rate"] * step)
    hit = digital.price(
        payoff="cash", option_type="put" if e > 0 else "call", spot=np.exp(x),
        strike=terms["barrier"], time_to_expiry=step, rate=terms["rate"],
        dividend_yield=terms["dividend_yield"], volatility=terms["volatility"],
    )  # fmt: skip
    value = np.maximum(phi * (np.exp(x) - terms["strike"]), 0.0)
    for _ in range(n):
        value = discount * (kernel @ value) + terms["rebate"] * hit
    return x, value


@pytest.mark.parametrize("kind", ["down_out", "up_out"])
@pytest.mark.parametrize("option_type", ["call", "put"])
def test_quadrature_agrees_with_one_dense_rule(kind, option_type):
    level = 92.0 if kind == "down_out" else 109.0
    # struck at the barrier, so that the rule does not see a kink
    terms = OPTION | {
        "barrier_type": kind, "option_type": option_type, "barrier": level, "fixings": 12,
        "strike": level, "rebate": 3.0,
    }  # fmt: skip
    x, value = one_rule(terms)
    near = np.abs(x - math.log(100.0)).argmin()
    found = barrier.discrete_price(**(terms | {"spot": math.exp(x[near])}))
    assert found == pytest.approx(value[near], abs=1e-10)


def test_one_fixing_is_a_european_payoff():
    terms = OPTION | {"rebate": 0.0, "barrier": 95.0, "strike": 90.0, "fixings": 1}
    # alive above 95 only: a gap call
    plain = {name: terms[name] for name in (*MARKET, "option_type")}
    gap = digital.price(payoff="gap", strike=95.0, payment_strike=90.0, **plain)
    assert barrier.discrete_price(**terms) == pytest.approx(gap, rel=1e-14)


@pytest.mark.parametrize("kind", TYPES)
def test_fixings_lie_between_european_and_continuous(kind):
    terms = OPTION | {"barrier_type": kind, "barrier": 95.0 if "down" in kind else 104.0}
    terms["rebate"] = 0.0
    values = barrier.discrete_price(**terms, fixings=[1, 2, 5, 20, 100, 400])
    ends = [*values, barrier.price(**terms)]
    change = np.diff(ends) * (1.0 if kind.endswith("in") else -1.0)
    assert (change > 0.0).all()
    corrected = barrier.discrete_price(**terms, fixings=400, method="broadie_glasserman_kou")
    assert corrected == pytest.approx(values[-1], abs=1e-3)


@pytest.mark.parametrize("kind", TYPES)
@pytest.mark.parametrize("method", ["quadrature", "broadie_glasserman_kou"])
def test_discrete_greeks_are_slopes_of_the_price(kind, method):
    terms = OPTION | {
        "barrier_type": kind, "barrier": 93.0 if "down" in kind else 106.0, "fixings": 9,
        "method": method,
    }  # fmt: skip
    found = barrier.discrete_greeks(**terms)

    def moved(name, by):
        return barrier.discrete_price(**(terms | {name: terms[name] + by}))

    for name, greek, sign in (("spot", "delta", 1), ("volatility", "vega", 1),
                              ("time_to_expiry", "theta", -1), ("rate", "rho", 1)):  # fmt: skip
        h = 1e-4 * terms[name]
        slope = sign * (moved(name, h) - moved(name, -h)) / (2 * h)
        assert getattr(found, greek) == pytest.approx(slope, rel=2e-6, abs=1e-6), greek
    bend = (moved("spot", 0.02) - 2 * moved("spot", 0.0) + moved("spot", -0.02)) / 0.02**2
    assert found.gamma == pytest.approx(bend, abs=1e-6)


def test_discrete_in_and_out_are_the_vanilla_option():
    terms = OPTION | {"rebate": 0.0, "fixings": 50, "spot": [85.0, 90.0, 100.0, 300.0]}
    out = barrier.discrete_price(**terms)
    knocked_in = barrier.discrete_price(**(terms | {"barrier_type": "down_in"}))
    np.testing.assert_allclose(out + knocked_in, vanilla(terms), rtol=0, atol=1e-12)
    assert (out >= 0).all()
    assert out[0] > 0.0  # beyond the barrier, yet no fixing has seen it


BAD = [
    pytest.param({"barrier": -1.0}, r"barrier is -1\.0: must be >= 0", id="barrier"),
    pytest.param({"rebate": -1.0}, r"rebate is -1\.0: must be >= 0", id="rebate"),
    pytest.param({"volatility": math.nan}, "volatility is nan: must be finite", id="nan"),
    pytest.param({"barrier_type": "out"}, "barrier_type is 'out': must be one of", id="type"),
    pytest.param({"rebate_payment": "now"}, "rebate_payment is 'now'", id="payment"),
]


@pytest.mark.parametrize(("change", "message"), BAD)
def test_a_bad_argument_is_named(change, message):
    with pytest.raises(ValueError, match=message):
        barrier.price(**(OPTION | change))


@pytest.mark.parametrize("fixings", [0, -1, 1.5, 10001])
def test_fixings_are_whole_and_bounded(fixings):
    with pytest.raises(ValueError, match="must be a whole number 1"):
        barrier.discrete_price(**OPTION, fixings=fixings)


def test_bad_rows_have_their_status():
    value, status = barrier.price(
        **(OPTION | {"spot": [100.0, math.nan, -1.0]}), return_status=True
    )
    assert list(status) == [Status.OK, Status.NON_FINITE, Status.OUT_OF_DOMAIN]
    assert np.isnan(value).tolist() == [False, True, True]


def test_bits_depend_neither_on_threads_nor_on_place():
    terms = random_terms(3000, 7)
    whole = np.array(barrier.greeks(**terms, threads=1))
    np.testing.assert_array_equal(np.array(barrier.greeks(**terms, threads=3)), whole)
    row = {name: column[777].item() for name, column in terms.items()}
    np.testing.assert_array_equal(np.array(barrier.greeks(**row)), whole[:, 777])

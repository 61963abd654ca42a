"""Black-Scholes from Python: references, properties, the error table, columns of every kind."""

import csv
import importlib.metadata
import math
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import strikeproof
from strikeproof import Status, black_scholes
from strikeproof._columns import as_columns, as_float64
from tests.python import ctrl_c

pytestmark = pytest.mark.fast

DATA = Path(__file__).resolve().parents[1] / "data" / "black_scholes_reference.csv"
OPTION = {
    "option_type": "call",
    "spot": 100.0,
    "strike": 105.0,
    "time_to_expiry": 0.5,
    "rate": 0.03,
    "dividend_yield": 0.01,
    "volatility": 0.2,
}


def reference():
    """Columns of the 50-digit table, inputs and outputs by name."""
    with DATA.open() as stream:
        rows = list(csv.DictReader(stream))
    return {
        name: np.array([float(row[name]) for row in rows]) for name in rows[0] if name != "family"
    }


def inputs(table):
    names = ("spot", "strike", "time_to_expiry", "rate", "dividend_yield", "volatility")
    return {"option_type": table["option_sign"], **{name: table[name] for name in names}}


def test_prices_and_greeks_agree_with_fifty_digit_references():
    table = reference()
    found = black_scholes.greeks(**inputs(table))
    np.testing.assert_array_equal(found.price, black_scholes.price(**inputs(table)))
    np.testing.assert_allclose(found.price, table["price"], rtol=1e-13, atol=0)
    for name in ("delta", "gamma", "vega", "rho"):
        np.testing.assert_allclose(getattr(found, name), table[name], rtol=1e-12, atol=0)
    assert (np.abs(found.theta - table["theta"]) <= 1e-12 * table["theta_scale"]).all()


SECOND_ORDER = ("vanna", "volga", "charm", "veta", "speed", "zomma", "color")


def test_second_order_greeks_agree_with_numerical_derivatives():
    table = reference()
    names = ("dividend_rho", *SECOND_ORDER)
    found = black_scholes.greeks(**inputs(table), select=names)
    np.testing.assert_allclose(found.dividend_rho, table["dividend_rho"], rtol=1e-12, atol=0)
    for name in SECOND_ORDER:
        error = np.abs(getattr(found, name) - table[name])
        assert (error <= 1e-12 * table[f"{name}_scale"]).all(), name


def test_selected_quantities_have_the_bits_of_all():
    table = columns(1001)
    everything = black_scholes.greeks(**table, select=black_scholes.SECOND_ORDER)
    for names in (("price",), ("vega", "delta"), ("color", "price"), ("dividend_rho",)):
        found = black_scholes.greeks(**table, select=names)
        assert found._fields == names
        for name in names:
            np.testing.assert_array_equal(getattr(found, name), getattr(everything, name))
    one = black_scholes.greeks(**OPTION, select=("speed", "zomma"))
    assert all(type(value) is float for value in one)


@pytest.mark.parametrize("select", [("delta", "delta"), ("omega",), ()])
def test_an_unknown_selection_is_refused(select):
    with pytest.raises(ValueError, match="select"):
        black_scholes.greeks(**OPTION, select=select)


def test_results_go_into_the_arrays_of_the_caller():
    table = columns(300)
    expected = black_scholes.greeks(**table)
    out = np.empty(300)
    assert black_scholes.price(**table, out=out) is out
    np.testing.assert_array_equal(out, expected.price)
    arrays = [np.full(300, -1.0) for _ in expected]
    found = black_scholes.greeks(**table, out=arrays)
    assert all(a is b for a, b in zip(found, arrays, strict=True))
    np.testing.assert_array_equal(np.array(found), np.array(expected))
    grid = np.empty((2, 3))
    option = OPTION | {"spot": [[90.0], [100.0]], "strike": [95.0, 105.0, 115.0]}
    assert black_scholes.price(**option, out=grid) is grid
    np.testing.assert_array_equal(grid, black_scholes.price(**option))


SPOT = np.linspace(90.0, 110.0, 8)
BAD_OUT = [
    pytest.param(np.empty(7), ValueError, r"shape \(7,\): must be \(8,\)", id="shape"),
    pytest.param(np.empty(8, "f4"), TypeError, "dtype float32", id="dtype"),
    pytest.param(np.empty(16)[::2], ValueError, "C-contiguous", id="strided"),
    pytest.param([0.0] * 8, TypeError, "must be a NumPy array", id="list"),
    pytest.param((np.empty(8), np.empty(8)), ValueError, "holds 2 arrays", id="count"),
    pytest.param(SPOT, ValueError, "shares memory with spot", id="alias"),
]


@pytest.mark.parametrize(("out", "error", "message"), BAD_OUT)
def test_an_output_that_cannot_hold_the_result_is_refused(out, error, message):
    if isinstance(out, list):
        out = [out]
    with pytest.raises(error, match=message):
        black_scholes.price(**(OPTION | {"spot": SPOT}), out=out)
    readonly = np.empty(8)
    readonly.flags.writeable = False
    with pytest.raises(ValueError, match="writable"):
        black_scholes.price(**(OPTION | {"spot": SPOT}), out=readonly)


# Strike 100, at the money forward: the limits of the formulas as time or volatility goes to zero.
# With r = q = b, density = exp(-b T) phi(0): vega is S density sqrt(T), veta S density (b sqrt(T) -
# 1/2 / sqrt(T)), charm b delta, and color has the sign of b + 1/2 / T. At expiry charm has the sign
# of -(r - q + sigma^2 / 2) and is q delta where that is zero.
PHI = 0.3989422804014327
FLAT = 100 * PHI * math.exp(-0.02)
EXPIRED = {"time_to_expiry": 0.0, "volatility": 0.25}
KINKS = [
    pytest.param(
        EXPIRED,
        {
            "price": 0.0, "delta": 0.5, "gamma": math.inf, "vega": 0.0, "theta": -math.inf,
            "vanna": 0.0, "volga": 0.0, "charm": -math.inf, "veta": -math.inf,
            "speed": -math.inf, "zomma": -math.inf, "color": math.inf,
        },
        id="expired",
    ),
    pytest.param(
        EXPIRED | {"rate": 0.02, "dividend_yield": 0.03}, {"charm": -math.inf}, id="yield-above"
    ),
    pytest.param(EXPIRED | {"rate": 0.5}, {"charm": -math.inf}, id="rate-far-above"),
    pytest.param(EXPIRED | {"dividend_yield": 0.5}, {"charm": math.inf}, id="yield-far-above"),
    pytest.param(
        EXPIRED | {"rate": 0.0, "dividend_yield": 0.125, "volatility": 0.5},
        {"charm": 0.0625},
        id="no-drift",
    ),
    pytest.param(
        {"time_to_expiry": 0.0, "volatility": 0.0},
        {"theta": 0.5 * (0.01 - 0.03) * 100, "vega": 0.0, "charm": -math.inf},
        id="expired-without-volatility",
    ),
    pytest.param(
        {"volatility": 0.0, "rate": 0.0, "dividend_yield": 0.0},
        {"vanna": 0.5 * PHI * 0.5**0.5, "volga": 0.0, "charm": 0.0, "zomma": -math.inf,
         "color": math.inf},
        id="no-volatility",
    ),
    pytest.param(
        {"volatility": 0.0, "rate": 0.04, "dividend_yield": 0.04},
        {
            "price": 0.0, "gamma": math.inf, "vega": FLAT * 0.5**0.5, "theta": 0.0,
            "rho": 0.25 * 100 * math.exp(-0.02), "charm": 0.02 * math.exp(-0.02),
            "veta": FLAT * (0.04 * 0.5**0.5 - 0.5 / 0.5**0.5), "color": math.inf,
        },
        id="no-volatility-with-carry",
    ),
    pytest.param(
        {"volatility": 0.0, "rate": 0.04, "dividend_yield": 0.04, "time_to_expiry": 1.0},
        {"veta": 100 * PHI * math.exp(-0.04) * (0.04 - 0.5)},
        id="no-volatility-a-year",
    ),
    pytest.param(
        {"volatility": 0.0, "rate": -1.0, "dividend_yield": -1.0}, {"color": 0.0}, id="no-color"
    ),
    pytest.param(
        {"volatility": 0.0, "rate": -2.0, "dividend_yield": -2.0},
        {"color": -math.inf},
        id="color-below",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("change", "expected"), KINKS)
def test_limits_at_the_kink(change, expected):
    option = OPTION | {"strike": 100.0} | change
    found = black_scholes.greeks(**option, select=black_scholes.SECOND_ORDER)._asdict()
    for name, value in expected.items():
        assert found[name] == pytest.approx(value, rel=1e-15), name


@pytest.mark.parametrize(("option_type", "sign", "strike"), [("call", 1, 90.0), ("put", -1, 120.0)])
def test_a_certain_payoff_has_the_derivatives_of_a_forward(option_type, sign, strike):
    option = OPTION | {"option_type": option_type, "strike": strike, "volatility": 0.0}
    found = black_scholes.greeks(**option, select=black_scholes.SECOND_ORDER)._asdict()
    asset, cash = 100 * math.exp(-0.005), strike * math.exp(-0.015)
    expected = {
        "price": sign * (asset - cash),
        "delta": sign * asset / 100,
        "theta": sign * (0.01 * asset - 0.03 * cash),
        "rho": sign * 0.5 * cash,
        "dividend_rho": -sign * 0.5 * asset,
        "charm": sign * 0.01 * asset / 100,
    }
    for name, value in found.items():
        assert value == pytest.approx(expected.get(name, 0.0), rel=1e-13), name


# Hull, Options, Futures and Other Derivatives, 11th ed., example 15.6 (printed 4.76 and 0.81);
# Haug, The Complete Guide to Option Pricing Formulas, 2nd ed., sections 1.1.1 and 1.1.3.
PUBLISHED = [
    pytest.param("call", 42.0, 40.0, 0.5, 0.1, 0.0, 0.2, 4.76, 0.005, id="hull-call"),
    pytest.param("put", 42.0, 40.0, 0.5, 0.1, 0.0, 0.2, 0.81, 0.005, id="hull-put"),
    pytest.param("call", 60.0, 65.0, 0.25, 0.08, 0.0, 0.3, 2.1334, 5e-5, id="haug-call"),
    pytest.param("put", 100.0, 95.0, 0.5, 0.1, 0.05, 0.2, 2.4648, 5e-5, id="haug-put"),
]


@pytest.mark.parametrize(
    ("kind", "spot", "strike", "time", "r", "q", "vol", "value", "half"), PUBLISHED
)
def test_published_values(kind, spot, strike, time, r, q, vol, value, half):
    found = black_scholes.price(
        option_type=kind,
        spot=spot,
        strike=strike,
        time_to_expiry=time,
        rate=r,
        dividend_yield=q,
        volatility=vol,
    )
    assert found == pytest.approx(value, abs=half)


MARKETS = st.fixed_dictionaries(
    {
        "spot": st.floats(1.0, 1e4),
        "strike": st.floats(1.0, 1e4),
        "time_to_expiry": st.floats(1e-4, 10.0),
        "rate": st.floats(-0.05, 0.2),
        "dividend_yield": st.floats(-0.05, 0.2),
        "volatility": st.floats(0.01, 4.0),
    }
)


@given(market=MARKETS)
def test_call_less_put_is_the_forward(market):
    call, put = black_scholes.price(option_type=["call", "put"], **market)
    time = market["time_to_expiry"]
    asset = market["spot"] * math.exp(-market["dividend_yield"] * time)
    cash = market["strike"] * math.exp(-market["rate"] * time)
    assert call - put == pytest.approx(asset - cash, abs=2e-15 * (asset + cash + call + put))
    assert 0.0 <= call <= asset * (1 + 1e-15)
    assert 0.0 <= put <= cash * (1 + 1e-15)


@given(market=MARKETS, step=st.floats(1e-6, 0.5))
def test_price_rises_with_volatility_and_is_convex_in_strike(market, step):
    low = black_scholes.price(option_type="call", **market)
    high = black_scholes.price(
        option_type="call", **(market | {"volatility": market["volatility"] + step})
    )
    assert high >= low * (1 - 1e-13)
    strikes = market["strike"] * np.array([1.0, 1.0 + step / 2, 1.0 + step])
    left, middle, right = black_scholes.price(option_type="call", **(market | {"strike": strikes}))
    assert middle <= (left + right) / 2 + 1e-12 * (market["spot"] + market["strike"])


@given(market=MARKETS, kind=st.sampled_from(["call", "put"]))
def test_price_to_volatility_and_back(market, kind):
    terms = {name: market[name] for name in market if name != "volatility"}
    value = black_scholes.price(option_type=kind, **market)
    volatility, status = black_scholes.implied_volatility(
        option_type=kind, price=value, **terms, return_status=True, on_failure="nan"
    )
    assert status in (Status.OK, Status.NO_TIME_VALUE, Status.ABOVE_MAXIMUM)
    if status is Status.OK:
        again = black_scholes.greeks(option_type=kind, **terms, volatility=volatility)
        # rounding the volatility alone moves the price by this much
        moved = again.vega * volatility * 2.0**-52
        assert abs(again.price - value) <= 4 * (moved + value * 2.0**-52)


BAD = [
    pytest.param({"spot": math.nan}, "spot is nan: must be finite", id="nan"),
    pytest.param({"rate": -math.inf}, "rate is -inf: must be finite", id="infinite"),
    pytest.param({"strike": -1.0}, r"strike is -1\.0: must be >= 0", id="negative-strike"),
    pytest.param({"volatility": -0.2}, r"volatility is -0\.2: must be >= 0", id="negative-vol"),
    pytest.param({"time_to_expiry": -1}, r"time_to_expiry is -1\.0: must be >= 0", id="time"),
    pytest.param({"option_type": "Call"}, "option_type is 'Call'", id="type-word"),
    pytest.param({"option_type": 0}, "option_type is 0", id="type-number"),
    pytest.param({"on_failure": "ignore"}, "on_failure is 'ignore'", id="rule"),
    pytest.param({"spot": [1.0, 2.0], "strike": [1.0] * 3}, r"spot \(2,\), strike", id="shape"),
    pytest.param({"spot": [1.0, 2.0], "threads": 0}, "threads is 0", id="threads"),
]


@pytest.mark.parametrize(("change", "message"), BAD)
def test_a_bad_scalar_argument_is_named(change, message):
    with pytest.raises(ValueError, match=message):
        black_scholes.price(**(OPTION | change))


WRONG_TYPES = [True, 1j, "abc", [None], np.ma.masked_array([1.0], [True]), [[1.0], [1.0, 2.0]]]


@pytest.mark.parametrize("value", WRONG_TYPES, ids=lambda v: type(v).__name__)
@pytest.mark.parametrize("name", ["spot", "volatility"])
def test_what_is_not_real_numbers_is_refused_by_name(name, value):
    with pytest.raises(TypeError, match=name):
        black_scholes.price(**(OPTION | {name: value}))


def test_a_batch_keeps_the_good_rows_and_says_why_others_failed():
    spot = np.array([100.0, math.nan, -1.0, 100.0])
    values, status = black_scholes.price(**(OPTION | {"spot": spot}), return_status=True)
    assert list(status) == [Status.OK, Status.NON_FINITE, Status.OUT_OF_DOMAIN, Status.OK]
    np.testing.assert_array_equal(np.isnan(values), [False, True, True, False])
    with pytest.raises(ValueError, match=r"2 of 4 rows failed, first at index 1: spot is nan"):
        black_scholes.price(**(OPTION | {"spot": spot}), on_failure="raise")


UNANSWERABLE = [
    pytest.param(9.99, "below its intrinsic", Status.BELOW_INTRINSIC, id="below"),
    pytest.param(10.0, "to rounding", Status.NO_TIME_VALUE, id="equal"),
    pytest.param(100.0, "upper bound", Status.ABOVE_MAXIMUM, id="above"),
]


@pytest.mark.parametrize(("price", "message", "status"), UNANSWERABLE)
def test_prices_without_a_volatility_are_told_apart(price, message, status):
    terms = {"option_type": "call", "spot": 100.0, "strike": 90.0, "time_to_expiry": 1, "rate": 0}
    with pytest.raises(ValueError, match=message):
        black_scholes.implied_volatility(price=price, **terms)
    _, found = black_scholes.implied_volatility(price=[price], **terms, return_status=True)
    assert found[0] == status


def columns(size=5000):
    random = np.random.default_rng(7)
    spot = random.uniform(50, 150, size)
    return {
        "option_type": random.choice([-1.0, 1.0], size),
        "spot": spot,
        "strike": spot * random.uniform(0.5, 2.0, size),
        "time_to_expiry": random.uniform(0.01, 3.0, size),
        "rate": random.uniform(-0.02, 0.08, size),
        "dividend_yield": random.uniform(0.0, 0.05, size),
        "volatility": random.uniform(0.05, 1.0, size),
    }


@pytest.mark.parametrize("engine", [black_scholes.price, black_scholes.greeks])
def test_bits_depend_neither_on_threads_nor_on_place_nor_on_size(engine):
    table = columns()
    whole = np.atleast_2d(engine(**table, threads=1))
    for threads in (2, 3, 8):
        np.testing.assert_array_equal(np.atleast_2d(engine(**table, threads=threads)), whole)
    part = {name: column[777:801] for name, column in table.items()}
    np.testing.assert_array_equal(np.atleast_2d(engine(**part)), whole[:, 777:801])
    one = {name: float(column[790]) for name, column in table.items()}
    np.testing.assert_array_equal(np.ravel(engine(**one)), whole[:, 790])


def test_every_kind_of_column_gives_the_same_numbers():
    import polars as pl  # here: it cannot be imported under the thread sanitizer

    table = columns(40)
    expected = black_scholes.price(**table)
    words = np.where(table["option_type"] > 0, "call", "put")
    frame = pl.DataFrame(table)
    read_only = table["spot"].copy()
    read_only.flags.writeable = False
    variants = [
        {**table, "option_type": words},
        {**table, "option_type": list(words)},
        {**table, "option_type": pl.Series(words).cast(pl.Categorical)},
        {name: frame[name] for name in table},
        {name: list(column) for name, column in table.items()},
        {name: np.repeat(column, 3)[::3] for name, column in table.items()},
        {**table, "spot": read_only},
        {**table, "spot": np.asfortranarray(np.stack([table["spot"]] * 2))[0]},
    ]
    for variant in variants:
        np.testing.assert_array_equal(black_scholes.price(**variant), expected)


def test_columns_of_another_layout_are_read_right():
    table = np.zeros(3, dtype=[("flag", "i1"), ("spot", "f8")])
    table["spot"] = 100.0
    expected = black_scholes.price(**OPTION)
    for spot in (table["spot"], table["spot"].astype(">f8"), np.full(6, 100, "i2")[::-2]):
        assert (black_scholes.price(**(OPTION | {"spot": spot})) == expected).all()
    words = black_scholes.price(**(OPTION | {"option_type": np.array([b"call", b"put"])}))
    assert words[0] == expected
    assert words[1] == black_scholes.price(**(OPTION | {"option_type": "put"}))


def test_contiguous_columns_enter_without_a_copy_and_scalars_stay_one_value():
    spot = np.linspace(50.0, 150.0, 7)
    shape, columns = as_columns({"spot": as_float64("spot", spot), "rate": as_float64("rate", 0.1)})
    assert shape == (7,)
    assert np.shares_memory(columns["spot"], spot)
    assert columns["rate"].shape == (1,)


def test_integers_are_numbers_and_shapes_broadcast():
    found = black_scholes.price(
        **(OPTION | {"spot": np.array([[90], [100]]), "strike": [95, 105, 115]})
    )
    assert found.shape == (2, 3)
    assert found[1, 1] == black_scholes.price(**OPTION)
    assert black_scholes.price(**(OPTION | {"spot": np.empty(0)})).shape == (0,)


def test_a_scalar_call_gives_python_floats():
    assert type(black_scholes.price(**OPTION)) is float
    assert all(type(value) is float for value in black_scholes.greeks(**OPTION))
    for spot in (100, np.float64(100.0), np.array(100.0), np.int8(100)):
        found = black_scholes.price(**(OPTION | {"spot": spot}))
        assert type(found) is float
        assert found == black_scholes.price(**OPTION)


def test_a_scalar_implied_volatility_has_the_bits_of_the_batch():
    terms = {name: value for name, value in OPTION.items() if name != "volatility"}
    prices = np.linspace(1.0, 90.0, 50)
    batch = black_scholes.implied_volatility(price=prices, **terms)
    one_by_one = [black_scholes.implied_volatility(price=float(p), **terms) for p in prices]
    np.testing.assert_array_equal(batch, one_by_one)


def test_every_scalar_option_is_checked_like_a_column():
    with pytest.raises(TypeError, match="spot has dtype object"):
        black_scholes.price(**(OPTION | {"spot": 10**400}))
    with pytest.raises(ValueError, match="threads is 0"):
        black_scholes.price(**OPTION, threads=0)
    value, status = black_scholes.price(
        **(OPTION | {"spot": -1.0}), return_status=True, on_failure="nan"
    )
    assert math.isnan(value)
    assert status is Status.OUT_OF_DOMAIN


INTERRUPTED = """
import numpy as np
from strikeproof import black_scholes
spot = np.linspace(50.0, 150.0, 10_000_000)
print("ready", flush=True)
try:
    # so small a time sends every row to the careful engine, which takes microseconds for each
    black_scholes.implied_volatility(option_type="call", price=30.0, spot=spot, strike=105.0,
                                     time_to_expiry=1e-31, rate=0.03, threads=2)
    print("ran to the end")
except KeyboardInterrupt:
    print("interrupted")
"""


def test_a_long_batch_answers_ctrl_c():
    assert ctrl_c.interrupted(INTERRUPTED) == "interrupted\n"


FORKED = """
import os
import numpy as np
from strikeproof import black_scholes
terms = dict(option_type="call", strike=105.0, time_to_expiry=0.5, rate=0.03, volatility=0.2,
             spot=np.linspace(50.0, 150.0, 100_000))
before = black_scholes.price(**terms, threads=4)
child = os.fork()
again = black_scholes.price(**terms, threads=4)
same = np.array_equal(before, again)
if child == 0:
    os._exit(0 if same else 1)
print(os.waitpid(child, 0)[1] == 0 and same)
"""


def test_threads_work_in_a_forked_child():
    if not hasattr(os, "fork"):  # nothing to go wrong on such a system
        return
    done = subprocess.run(
        [sys.executable, "-c", FORKED], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout == "True\n"


def test_threads_of_the_caller_may_price_at_once():
    table = columns(20_000)
    expected = black_scholes.price(**table, threads=1)
    with ThreadPoolExecutor(8) as pool:
        found = list(
            pool.map(
                lambda threads: black_scholes.price(**table, threads=threads), [1, 2, 3, 4] * 8
            )
        )
    for values in found:
        np.testing.assert_array_equal(values, expected)


def test_the_package_imports_numpy_only():
    heavy = "polars", "pandas", "matplotlib", "QuantLib", "scipy", "doit"
    script = f"import sys, strikeproof; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"


def test_a_start_pays_for_neither_numpy_nor_an_engine():
    script = (
        "import sys, strikeproof; before = set(sys.modules)\n"
        "assert 'numpy' not in before and not any('black_scholes' in m for m in before)\n"
        "assert strikeproof.Status(6).name == 'NOT_CONVERGED' and 'numpy' in sys.modules\n"
        "assert set(strikeproof.__all__) <= set(dir(strikeproof))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_the_package_says_how_it_was_compiled():
    info = strikeproof.build_info()
    assert info["version"] == strikeproof.__version__ == importlib.metadata.version("strikeproof")
    assert "-ffast-math" not in info["flags"]
    assert "-march=native" not in info["flags"]
    assert info["ndebug"] is (info["build_type"] == "Release")

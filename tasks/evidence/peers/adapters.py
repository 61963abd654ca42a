"""How each package is asked, with its own conventions; what it lacks is said, not left out.

An adapter takes quotes and returns works: a function of no arguments for each kind of work that
the package can do. What a user would have at hand (forwards, discounts, flags) is made before the
clock starts. Packages are imported by name, since they live in an environment of their own.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from tasks.evidence.peers.quotes import Column, Quotes

Work = Callable[[], Any]
Works = Mapping[str, Work]

# Greeks are returned as (price, delta, gamma, vega, theta, rho); None for one not offered.
PRICE, GREEKS, VOLATILITY = "price", "greeks", "implied_volatility"


def _module(name: str) -> Any:
    return importlib.import_module(name)


def strikeproof(quotes: Quotes, threads: int) -> Works:
    """Columns in, columns out."""
    engine = _module("strikeproof").black_scholes
    terms = {
        "option_type": quotes.sign,
        "spot": quotes.spot,
        "strike": quotes.strike,
        "time_to_expiry": quotes.time,
        "rate": quotes.rate,
        "dividend_yield": quotes.dividend_yield,
        "threads": threads,
    }
    return {
        PRICE: lambda: engine.price(volatility=quotes.volatility, **terms),
        GREEKS: lambda: engine.greeks(volatility=quotes.volatility, **terms),
        VOLATILITY: lambda: engine.implied_volatility(price=quotes.price, **terms),
    }


def _numpy_legs(quotes: Quotes, ndtr: Any) -> tuple[Column, ...]:
    root = np.sqrt(quotes.time)
    w = quotes.volatility * root
    carry = (quotes.rate - quotes.dividend_yield) * quotes.time
    d1 = (np.log(quotes.spot / quotes.strike) + carry) / w + 0.5 * w
    asset = quotes.spot * np.exp(-quotes.dividend_yield * quotes.time)
    cash = quotes.strike * np.exp(-quotes.rate * quotes.time)
    sign = quotes.sign
    return root, w, d1, asset * ndtr(sign * d1), cash * ndtr(sign * (d1 - w)), asset


def numpy_scipy(quotes: Quotes, threads: int) -> Works:  # noqa: ARG001 - one thread only
    """The formula as one writes it with NumPy and SciPy's ndtr."""
    ndtr = _module("scipy.special").ndtr

    def price() -> Column:
        _, _, _, asset, cash, _ = _numpy_legs(quotes, ndtr)
        return np.asarray(quotes.sign * (asset - cash))

    def greeks() -> tuple[Column, ...]:
        root, w, d1, asset, cash, whole = _numpy_legs(quotes, ndtr)
        density = whole * np.exp(-0.5 * d1 * d1) * 0.3989422804014327
        sign, spot = quotes.sign, quotes.spot
        return (
            sign * (asset - cash),
            sign * asset / spot,
            density / (spot * spot * w),
            density * root,
            -density * quotes.volatility / (2 * root)
            + sign * (quotes.dividend_yield * asset - quotes.rate * cash),
            sign * quotes.time * cash,
        )

    return {PRICE: price, GREEKS: greeks}


def quantlib(quotes: Quotes, threads: int) -> Works:  # noqa: ARG001 - one thread only
    """QuantLib's formula objects, the fastest way from Python; one call an option."""
    ql = _module("QuantLib")
    forward = quotes.spot * np.exp((quotes.rate - quotes.dividend_yield) * quotes.time)
    discount = np.exp(-quotes.rate * quotes.time)
    deviation = quotes.volatility * np.sqrt(quotes.time)
    kinds = [ql.Option.Call if sign > 0 else ql.Option.Put for sign in quotes.sign]
    rows = list(zip(kinds, quotes.strike.tolist(), forward.tolist(), deviation.tolist(),
                    discount.tolist(), quotes.price.tolist(), strict=True))  # fmt: skip

    def implied(kind: Any, strike: float, forward: float, discount: float, price: float) -> float:
        try:
            found = ql.blackFormulaImpliedStdDev(
                kind, strike, forward, price, discount, 0.0, 0.2, 1e-14, 1000
            )
        except RuntimeError:
            return float("nan")
        return float(found)

    def price() -> Column:
        return np.array([ql.blackFormula(t, k, f, w, d) for t, k, f, w, d, _ in rows])

    def one(kind: Any, strike: float, forward: float, deviation: float, discount: float,
            spot: float, time: float) -> tuple[float, ...]:  # fmt: skip
        found = ql.BlackCalculator(
            ql.PlainVanillaPayoff(kind, strike), forward, deviation, discount
        )
        return (found.value(), found.delta(spot), found.gamma(spot), found.vega(time),
                found.theta(spot, time), found.rho(time))  # fmt: skip

    def greeks() -> tuple[Column, ...]:
        more = zip(rows, quotes.spot.tolist(), quotes.time.tolist(), strict=True)
        table = np.array(
            [one(kind, k, f, w, d, spot, time) for (kind, k, f, w, d, _), spot, time in more]
        )
        return tuple(table.T)

    def volatility() -> Column:
        return np.array([implied(t, k, f, d, p) for t, k, f, _, d, p in rows]) / root

    root = np.sqrt(quotes.time)
    return {PRICE: price, GREEKS: greeks, VOLATILITY: volatility}


def fast_vollib(quotes: Quotes, threads: int) -> Works:  # noqa: ARG001 - set by the environment
    """Its numba backend, the fastest of its own."""
    fv = _module("fast_vollib")
    flag = np.where(quotes.sign > 0, "c", "p")
    common = {"return_as": "numpy", "backend": "numba"}
    terms = (quotes.spot, quotes.strike, quotes.time, quotes.rate)

    def greeks() -> Any:
        found = fv.get_all_greeks(
            flag, *terms, quotes.volatility, quotes.dividend_yield,
            model="black_scholes_merton", return_as="dict", backend="numba",
        )  # fmt: skip
        price = fv.fast_black_scholes_merton(
            flag, *terms, quotes.volatility, quotes.dividend_yield, **common
        )
        scaled = (found["vega"] * 100.0, found["theta"] * 365.0, found["rho"] * 100.0)
        return (price, found["delta"], found["gamma"], *scaled)

    return {
        PRICE: lambda: fv.fast_black_scholes_merton(
            flag, *terms, quotes.volatility, quotes.dividend_yield, **common
        ),
        GREEKS: greeks,
        VOLATILITY: lambda: fv.fast_implied_volatility(
            quotes.price, *terms, flag, quotes.dividend_yield,
            model="black_scholes_merton", on_error="ignore", **common,
        ),
    }  # fmt: skip


def iv_engine(quotes: Quotes, threads: int) -> Works:
    """Calls and puts apart, as its interface wants."""
    ie = _module("iv_engine")
    parallel = threads > 1
    calls = quotes.sign > 0
    parts = [(mask, Quotes(**{n: c[mask] for n, c in vars(quotes).items()}), kind)
             for mask, kind in ((calls, True), (~calls, False))]  # fmt: skip
    forwards = [p.spot * np.exp((p.rate - p.dividend_yield) * p.time) for _, p, _ in parts]
    undiscounted = [p.price * np.exp(p.rate * p.time) for _, p, _ in parts]

    def price() -> Column:
        out = np.empty(len(quotes))
        for mask, p, kind in parts:
            out[mask] = ie.black_scholes_prices(
                p.spot, p.strike, p.time, p.rate, p.dividend_yield, p.volatility, kind, parallel
            )
        return out

    def volatility() -> Column:
        out = np.empty(len(quotes))
        for (mask, p, kind), forward, value in zip(parts, forwards, undiscounted, strict=True):
            out[mask] = ie.implied_volatilities(value, forward, p.strike, p.time, kind, parallel)
        return out

    return {PRICE: price, VOLATILITY: volatility}


def pyvolr(quotes: Quotes, threads: int) -> Works:  # noqa: ARG001 - set by the environment
    """Its vectorised functions."""
    bs = _module("pyvolr").bs
    flag = np.where(quotes.sign > 0, "c", "p")
    terms = (quotes.spot, quotes.strike, quotes.time, quotes.rate)

    def greeks() -> Any:  # its vega and rho are per hundredth, its theta per year
        found = bs.greeks(flag, *terms, quotes.volatility, quotes.dividend_yield)
        price = bs.price(flag, *terms, quotes.volatility, quotes.dividend_yield)
        scaled = (found["vega"], found["theta"], found["rho"])
        return (price, found["delta"], found["gamma"], *scaled)

    return {
        PRICE: lambda: bs.price(flag, *terms, quotes.volatility, quotes.dividend_yield),
        GREEKS: greeks,
        VOLATILITY: lambda: bs.implied_vol(
            quotes.price, flag, *terms, quotes.dividend_yield, on_error="ignore"
        ),
    }


def polars_vol(quotes: Quotes, threads: int) -> Works:  # noqa: ARG001 - set by the environment
    """Polars expressions; it has no dividend yield, so the spot is given without the dividends."""
    pl, pv = _module("polars"), _module("polars_vol")
    kept = np.exp(-quotes.dividend_yield * quotes.time)
    spot = quotes.spot * kept
    columns = vars(quotes) | {"spot": spot, "call": quotes.sign > 0}
    frame = pl.DataFrame({name: pl.Series(values) for name, values in columns.items()})

    def greeks() -> Any:
        call = pv.black_scholes_with_greeks("strike", "spot", "volatility", "time", "rate", "call")
        found = frame.select(call.alias("g")).unnest("g")
        names = ("model_price", "delta", "gamma", "vega", "theta", "rho")
        price, delta, gamma, vega, theta, rho = (found[name].to_numpy() for name in names)
        # by the spot with its dividends, whose present value also grows as time passes
        theta = theta + quotes.dividend_yield * spot * delta
        return price, delta * kept, gamma * kept * kept, vega, theta, rho

    def price() -> Any:
        call = pv.black_scholes("strike", "spot", "volatility", "time", "rate", "call")
        return frame.select(call.alias("p"))["p"].to_numpy()

    def volatility() -> Any:
        call = pv.implied_vol("price", "strike", "spot", "time", "rate", "call")
        return frame.select(call.alias("v"))["v"].to_numpy()

    return {PRICE: price, GREEKS: greeks, VOLATILITY: volatility}


def lbriv(quotes: Quotes, threads: int) -> Works:  # noqa: ARG001 - one thread only
    """Quotes in units of the strike, calls and puts apart: its batch has one strike and flag."""
    core = _module("lbriv").black_core
    forward = quotes.spot * np.exp((quotes.rate - quotes.dividend_yield) * quotes.time)
    scaled = quotes.price * np.exp(quotes.rate * quotes.time) / quotes.strike
    root, calls = np.sqrt(quotes.time), quotes.sign > 0
    parts = [(m, scaled[m], (forward / quotes.strike)[m], q) for m, q in ((calls, 1), (~calls, -1))]

    def volatility() -> Column:
        out = np.empty(len(quotes))
        for mask, price, ratio, q in parts:
            out[mask] = core.vectorized_implied_vol(price, ratio, 1.0, q)
        return np.asarray(out / root)

    return {VOLATILITY: volatility}


def lets_be_precise(quotes: Quotes, threads: int) -> Works:  # noqa: ARG001 - one thread only
    """One call an option: the out-of-the-money one of the pair, in units of what it may gain."""
    lbp = _module("lbp")
    forward = quotes.spot * np.exp((quotes.rate - quotes.dividend_yield) * quotes.time)
    discount, root = np.exp(-quotes.rate * quotes.time), np.sqrt(quotes.time)
    intrinsic = discount * np.maximum(quotes.sign * (forward - quotes.strike), 0.0)
    call_outside = quotes.strike >= forward
    scale = discount * np.where(call_outside, forward, quotes.strike)
    distance = -np.abs(np.log(quotes.strike / forward))
    columns = (quotes.volatility * root, (quotes.price - intrinsic) / scale, distance)
    rows = list(zip(*(column.tolist() for column in columns), strict=True))

    def price() -> Column:
        return np.asarray(intrinsic + scale * np.array([lbp.black(w, k) for w, _, k in rows]))

    def volatility() -> Column:
        return np.asarray(np.array([lbp.black_iv(c, k) for _, c, k in rows]) / root)

    return {PRICE: price, VOLATILITY: volatility}


def py_lets_be_rational(quotes: Quotes, threads: int) -> Works:  # noqa: ARG001 - one thread only
    """One call an option."""
    lbr = _module("py_lets_be_rational")
    forward = quotes.spot * np.exp((quotes.rate - quotes.dividend_yield) * quotes.time)
    discount = np.exp(-quotes.rate * quotes.time)
    undiscounted = quotes.price / discount
    columns = (undiscounted, forward, quotes.strike, quotes.time, quotes.sign, quotes.volatility)
    rows = list(zip(*(column.tolist() for column in columns), strict=True))
    function = lbr.implied_volatility_from_a_transformed_rational_guess

    def implied(price: float, f: float, k: float, t: float, sign: float) -> float:
        try:
            return float(function(price, f, k, t, sign))
        except (ArithmeticError, ValueError, lbr.exceptions.VolatilityValueException):
            return float("nan")

    def price() -> Column:
        return np.array([lbr.black(f, k, v, t, q) for _, f, k, t, q, v in rows]) * discount

    def volatility() -> Column:
        return np.array([implied(p, f, k, t, q) for p, f, k, t, q, _ in rows])

    return {PRICE: price, VOLATILITY: volatility}


# Package, distribution whose version is shown, adapter, and whether it answers one option a call:
# such a one gets a part of the quotes.
ADAPTERS: tuple[tuple[str, str, Callable[[Quotes, int], Works], bool], ...] = (
    ("strikeproof", "strikeproof", strikeproof, False),
    ("numpy+scipy", "scipy", numpy_scipy, False),
    ("QuantLib", "QuantLib", quantlib, True),
    ("fast-vollib", "fast-vollib", fast_vollib, False),
    ("iv-engine", "iv-engine", iv_engine, False),
    ("pyvolr", "pyvolr", pyvolr, False),
    ("polars-vol", "polars-vol", polars_vol, False),
    ("lbriv", "lbriv", lbriv, False),
    ("lets-be-precise", "lets-be-precise", lets_be_precise, True),
    ("py-lets-be-rational", "py_lets_be_rational", py_lets_be_rational, True),
)

"""How each package is asked the same question; runs in the peers' environment only.

An adapter takes quotes and returns a `Call`. What the caller could keep from one call to the next
(another spelling of call and put, a Polars frame, calls apart from puts) is prepared outside the
timed part; arithmetic on the quote that the package leaves to its caller (the forward, the discount
factor) is inside it. Packages that price one option at a time get the first rows in a loop.

A package that lacks a function has the reason in its place: `packages` has an entry for every
package and work.
"""

from __future__ import annotations

import importlib
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

WORKS = ("price", "greeks", "implied_volatility", "scalar_price")
GREEKS = ("price", "delta", "gamma", "vega", "theta", "rho")
_SCALAR_CALLS = 1000

Column = NDArray[np.float64]
Quotes = Mapping[str, Column]


@dataclass(frozen=True, slots=True)
class Call:
    """A prepared question: `run` is timed, `finish` turns its result into columns."""

    run: Callable[[], Any]
    rows: int
    finish: Callable[[Any], list[Column]] = lambda found: [np.asarray(found, dtype=np.float64)]


Adapter = Callable[[Quotes, int], Call]


@dataclass(frozen=True, slots=True)
class Package:
    """A package as it is compared: what it can do, and how many rows it is given."""

    works: Mapping[str, Adapter | str]
    several_threads: bool = False
    rows: int = 1_000_000
    distribution: str = ""  # where its version is looked up, when not under its own name


def _load(name: str) -> Any:
    return importlib.import_module(name)


def _columns(found: Any) -> list[Column]:
    return [np.asarray(column, dtype=np.float64) for column in found]


def _named(found: Mapping[str, Any]) -> list[Column]:
    return _columns(found[name] for name in GREEKS)


def _head(quotes: Quotes, rows: int) -> dict[str, Column]:
    return {name: np.ascontiguousarray(column[:rows]) for name, column in quotes.items()}


def _halves(quotes: Quotes) -> tuple[list[tuple[bool, dict[str, Column]]], Callable[..., Any]]:
    """Calls and puts apart, for functions that take one type a call; and how to join results."""
    sides = [(call, quotes["option_type"] == (1.0 if call else -1.0)) for call in (True, False)]
    parts = [(call, {n: c[mask] for n, c in quotes.items()}) for call, mask in sides]

    def join(found: Any) -> list[Column]:
        joined = np.empty(len(quotes["spot"]))
        for (_, mask), values in zip(sides, found, strict=True):
            joined[mask] = values
        return [joined]

    return parts, join


def _by_side(quotes: Quotes, rows: int, ask: Callable[[bool, Quotes], Any]) -> Call:
    parts, join = _halves(_head(quotes, rows))
    return Call(lambda: [ask(call, part) for call, part in parts], rows, join)


def _loop(quotes: Quotes, rows: int, ask: Callable[..., Any], *names: str) -> Call:
    """One Python call for each quote, with plain floats."""
    listed = list(zip(*(quotes[name][:rows].tolist() for name in names), strict=True))

    def finish(found: list[Any]) -> list[Column]:
        if isinstance(found[0], tuple):
            return _columns(zip(*found, strict=True))
        return [np.array(found, dtype=np.float64)]

    return Call(lambda: [ask(*quote) for quote in listed], rows, finish)


def _repeated(ask: Callable[[], Any]) -> Call:
    """The same scalar call many times: what one call costs from Python."""
    count = range(_SCALAR_CALLS)

    def run() -> Any:
        for _ in count:
            found = ask()
        return found

    return Call(run, _SCALAR_CALLS, lambda found: [np.atleast_1d(np.asarray(found, np.float64))])


_TERMS = ("spot", "strike", "time_to_expiry", "rate", "dividend_yield")


def _terms(quotes: Quotes) -> tuple[Column, ...]:
    return tuple(quotes[name] for name in _TERMS)


def _one(quotes: Quotes) -> tuple[float, ...]:
    return tuple(float(quotes[name][0]) for name in (*_TERMS, "volatility"))


def _forward(q: Quotes) -> tuple[Column, Column]:
    """Forward and discount factor, in the caller's NumPy."""
    time = q["time_to_expiry"]
    return (
        q["spot"] * np.exp((q["rate"] - q["dividend_yield"]) * time),
        np.exp(-q["rate"] * time),
    )


# --- strikeproof ---------------------------------------------------------------------------------


def _strikeproof(operation: str, last: str, threads: int) -> Adapter:
    def adapter(quotes: Quotes, rows: int) -> Call:
        function = getattr(_load("strikeproof").black_scholes, operation)
        head = _head(quotes, rows)
        given = {name: head[name] for name in ("option_type", *_TERMS, last)}
        finish = _columns if operation == "greeks" else lambda found: [found]
        return Call(lambda: function(**given, threads=threads), rows, finish)

    return adapter


def _strikeproof_scalar(quotes: Quotes, _rows: int) -> Call:
    price = _load("strikeproof").black_scholes.price
    spot, strike, time, rate, dividend_yield, volatility = _one(quotes)
    return _repeated(
        lambda: price(
            option_type="call",
            spot=spot,
            strike=strike,
            time_to_expiry=time,
            rate=rate,
            dividend_yield=dividend_yield,
            volatility=volatility,
        )
    )


def strikeproof(threads: int) -> Package:
    """The package of this repository."""
    return Package(
        {
            "price": _strikeproof("price", "volatility", threads),
            "greeks": _strikeproof("greeks", "volatility", threads),
            "implied_volatility": _strikeproof("implied_volatility", "price", threads),
            "scalar_price": _strikeproof_scalar,
        },
        several_threads=True,
    )


# --- NumPy and SciPy: the textbook formula -------------------------------------------------------


def _textbook(ndtr: Any, sign: Any, terms: tuple[Any, ...], volatility: Any) -> Any:
    spot, strike, time, rate, dividend_yield = terms
    w = volatility * np.sqrt(time)
    d1 = (np.log(spot / strike) + (rate - dividend_yield) * time) / w + 0.5 * w
    asset, bond = spot * np.exp(-dividend_yield * time), strike * np.exp(-rate * time)
    return sign * (asset * ndtr(sign * d1) - bond * ndtr(sign * (d1 - w)))


def _textbook_greeks(ndtr: Any, q: Quotes) -> list[Column]:
    spot, strike, time, rate, dividend_yield = _terms(q)
    sign, volatility = q["option_type"], q["volatility"]
    root = np.sqrt(time)
    w = volatility * root
    d1 = (np.log(spot / strike) + (rate - dividend_yield) * time) / w + 0.5 * w
    asset = spot * np.exp(-dividend_yield * time)
    held = sign * asset * ndtr(sign * d1)
    owed = sign * strike * np.exp(-rate * time) * ndtr(sign * (d1 - w))
    vega = asset * np.exp(-0.5 * d1 * d1) * (root / math.sqrt(2.0 * math.pi))
    theta = dividend_yield * held - rate * owed - vega * volatility / (2.0 * time)
    return [held - owed, held / spot, vega / (spot * spot * w * root), vega, theta, owed * time]


def _scipy_price(quotes: Quotes, rows: int) -> Call:
    ndtr = _load("scipy.special").ndtr
    q = _head(quotes, rows)
    return Call(lambda: _textbook(ndtr, q["option_type"], _terms(q), q["volatility"]), rows)


def _scipy_greeks(quotes: Quotes, rows: int) -> Call:
    ndtr = _load("scipy.special").ndtr
    q = _head(quotes, rows)
    return Call(lambda: _textbook_greeks(ndtr, q), rows, _columns)


def _scipy_volatility(quotes: Quotes, rows: int) -> Call:
    """Root in a bracket for every quote at once: scipy.optimize.elementwise.find_root."""
    ndtr = _load("scipy.special").ndtr
    find_root = _load("scipy.optimize.elementwise").find_root
    q = _head(quotes, min(rows, 100_000))

    def excess(volatility: Any, sign: Any, price: Any, *terms: Any) -> Any:
        return _textbook(ndtr, sign, terms, volatility) - price

    def run() -> Any:
        given = (q["option_type"], q["price"], *_terms(q))
        bracket = (np.full_like(q["spot"], 1e-5), np.full_like(q["spot"], 10.0))
        with np.errstate(all="ignore"):
            found = find_root(excess, bracket, args=given)
        return np.where(found.success, found.x, np.nan)

    return Call(run, len(q["spot"]))


def _scipy_scalar(quotes: Quotes, _rows: int) -> Call:
    ndtr = _load("scipy.special").ndtr
    *terms, volatility = _one(quotes)
    return _repeated(lambda: _textbook(ndtr, 1.0, tuple(terms), volatility))


# --- QuantLib: one option a call -----------------------------------------------------------------

_QUOTE = ("option_type", *_TERMS)


def _quantlib_price_of(ql: Any) -> Callable[..., Any]:
    kinds = {1.0: ql.Option.Call, -1.0: ql.Option.Put}

    def ask(
        sign: float, spot: float, strike: float, time: float, rate: float, paid: float, vol: float
    ) -> Any:
        forward = spot * math.exp((rate - paid) * time)
        return ql.blackFormula(
            kinds[sign], strike, forward, vol * math.sqrt(time), math.exp(-rate * time)
        )

    return ask


def _quantlib_price(quotes: Quotes, rows: int) -> Call:
    return _loop(quotes, rows, _quantlib_price_of(_load("QuantLib")), *_QUOTE, "volatility")


def _quantlib_greeks(quotes: Quotes, rows: int) -> Call:
    ql = _load("QuantLib")
    kinds = {1.0: ql.Option.Call, -1.0: ql.Option.Put}

    def ask(
        sign: float, spot: float, strike: float, time: float, rate: float, paid: float, vol: float
    ) -> Any:
        forward = spot * math.exp((rate - paid) * time)
        payoff = ql.PlainVanillaPayoff(kinds[sign], strike)
        found = ql.BlackCalculator(payoff, forward, vol * math.sqrt(time), math.exp(-rate * time))
        return (
            found.value(),
            found.delta(spot),
            found.gamma(spot),
            found.vega(time),
            found.theta(spot, time),
            found.rho(time),
        )

    return _loop(quotes, rows, ask, *_QUOTE, "volatility")


def _quantlib_volatility(quotes: Quotes, rows: int) -> Call:
    """Its solver of first choice, blackFormulaImpliedStdDev, held to its last digits."""
    ql = _load("QuantLib")
    kinds = {1.0: ql.Option.Call, -1.0: ql.Option.Put}

    def ask(
        sign: float, spot: float, strike: float, time: float, rate: float, paid: float, price: float
    ) -> float:
        forward = spot * math.exp((rate - paid) * time)
        discount = math.exp(-rate * time)
        try:
            found = ql.blackFormulaImpliedStdDev(
                kinds[sign], strike, forward, price, discount, 0.0, ql.nullDouble(), 1e-14, 1000
            )
        except RuntimeError:
            return math.nan
        return float(found) / math.sqrt(time)

    return _loop(quotes, rows, ask, *_QUOTE, "price")


def _quantlib_scalar(quotes: Quotes, _rows: int) -> Call:
    ask, terms = _quantlib_price_of(_load("QuantLib")), _one(quotes)
    return _repeated(lambda: ask(1.0, *terms))


# --- fast-vollib, on numba -----------------------------------------------------------------------


def _flags(quotes: Quotes) -> Any:
    return np.where(quotes["option_type"] > 0.0, "c", "p")


def _fast_vollib_price(quotes: Quotes, rows: int) -> Call:
    price = _load("fast_vollib").fast_black_scholes_merton
    q = _head(quotes, rows)
    flags, (spot, strike, time, rate, paid) = _flags(q), _terms(q)
    settings = {"return_as": "numpy", "backend": "numba"}
    return Call(
        lambda: price(flags, spot, strike, time, rate, q["volatility"], paid, **settings), rows
    )


def _fast_vollib_greeks(quotes: Quotes, rows: int) -> Call:
    package, price = _load("fast_vollib"), _fast_vollib_price(quotes, rows).run
    q = _head(quotes, rows)
    flags, (spot, strike, time, rate, paid) = _flags(q), _terms(q)
    settings = {"model": "black_scholes_merton", "return_as": "dict", "backend": "numba"}

    def run() -> Any:
        found = package.get_all_greeks(
            flags, spot, strike, time, rate, q["volatility"], paid, **settings
        )
        return {"price": price(), **found}

    def finish(found: Any) -> list[Column]:  # vega and rho by 1 %, theta by a day
        units = {"vega": 100.0, "rho": 100.0, "theta": 365.0}
        return [np.asarray(found[name]) * units.get(name, 1.0) for name in GREEKS]

    return Call(run, rows, finish)


def _fast_vollib_volatility(quotes: Quotes, rows: int) -> Call:
    solve = _load("fast_vollib").fast_implied_volatility
    q = _head(quotes, rows)
    flags, (spot, strike, time, rate, paid) = _flags(q), _terms(q)
    settings = {"model": "black_scholes_merton", "return_as": "numpy", "backend": "numba"}
    settings["on_error"] = "ignore"
    return Call(lambda: solve(q["price"], spot, strike, time, rate, flags, paid, **settings), rows)


def _fast_vollib_jackel(quotes: Quotes, rows: int) -> Call:
    solve = _load("fast_vollib.jackel.numpy_backend").implied_volatility
    q = _head(quotes, rows)
    flags, (spot, strike, time, rate, paid) = _flags(q), _terms(q)

    def run() -> Any:
        with np.errstate(all="ignore"):
            model = "black_scholes_merton"
            return solve(
                model, q["price"], spot, strike, time, rate, flags, paid, on_error="ignore"
            )

    return Call(run, rows)


def _fast_vollib_scalar(quotes: Quotes, _rows: int) -> Call:
    price = _load("fast_vollib").fast_black_scholes_merton
    spot, strike, time, rate, paid, volatility = _one(quotes)
    settings = {"return_as": "numpy", "backend": "numba"}
    return _repeated(lambda: price("c", spot, strike, time, rate, volatility, paid, **settings))


# --- lbriv: Black on an undiscounted price, time 1 ------------------------------------------------


def _lbriv_price(quotes: Quotes, rows: int) -> Call:
    """Vectorised over strikes at one forward, so in units of the forward."""
    price = _load("lbriv").black76_undiscounted

    def ask(call: bool, q: Quotes) -> Any:
        forward, discount = _forward(q)
        w = q["volatility"] * np.sqrt(q["time_to_expiry"])
        return forward * discount * price(1.0, q["strike"] / forward, w, 1 if call else -1)

    return _by_side(quotes, rows, ask)


def _lbriv_volatility(quotes: Quotes, rows: int) -> Call:
    """Vectorised over forwards at one strike, so in units of the strike."""
    solve = _load("lbriv").vectorized_implied_vol

    def ask(call: bool, q: Quotes) -> Any:
        forward, discount = _forward(q)
        strike = q["strike"]
        w = np.asarray(
            solve(q["price"] / (discount * strike), forward / strike, 1.0, 1 if call else -1)
        )
        return np.where(w == 0.0, np.nan, w) / np.sqrt(q["time_to_expiry"])

    return _by_side(quotes, rows, ask)


def _lbriv_scalar(quotes: Quotes, _rows: int) -> Call:
    price = _load("lbriv").black76_undiscounted
    spot, strike, time, rate, paid, volatility = _one(quotes)

    def ask() -> Any:
        forward = spot * math.exp((rate - paid) * time)
        return math.exp(-rate * time) * price(forward, strike, volatility * math.sqrt(time), 1)

    return _repeated(ask)


# --- iv-engine -----------------------------------------------------------------------------------


def _iv_engine_price(quotes: Quotes, rows: int) -> Call:
    price = _load("iv_engine").black_scholes_prices

    def ask(call: bool, q: Quotes) -> Any:
        spot, strike, time, rate, paid = _terms(q)
        return price(spot, strike, time, rate, paid, q["volatility"], call)

    return _by_side(quotes, rows, ask)


def _iv_engine_volatility(quotes: Quotes, rows: int) -> Call:
    solve = _load("iv_engine").implied_volatilities

    def ask(call: bool, q: Quotes) -> Any:
        forward, discount = _forward(q)
        return solve(q["price"] / discount, forward, q["strike"], q["time_to_expiry"], call)

    return _by_side(quotes, rows, ask)


def _iv_engine_scalar(quotes: Quotes, _rows: int) -> Call:
    price, terms = _load("iv_engine").black_scholes_price, _one(quotes)
    return _repeated(lambda: price(*terms, True))


# --- pyvolr --------------------------------------------------------------------------------------


def _pyvolr_price(quotes: Quotes, rows: int) -> Call:
    price = _load("pyvolr.bs").price
    q = _head(quotes, rows)
    flags, (spot, strike, time, rate, paid) = q["option_type"].astype(np.int8), _terms(q)
    return Call(lambda: price(flags, spot, strike, time, rate, q["volatility"], paid), rows)


def _pyvolr_greeks(quotes: Quotes, rows: int) -> Call:
    package, price = _load("pyvolr.bs"), _pyvolr_price(quotes, rows).run
    q = _head(quotes, rows)
    flags, (spot, strike, time, rate, paid) = q["option_type"].astype(np.int8), _terms(q)

    def run() -> Any:
        found = package.greeks(flags, spot, strike, time, rate, q["volatility"], paid)
        return {"price": price(), **found}

    return Call(run, rows, _named)


def _pyvolr_volatility(quotes: Quotes, rows: int) -> Call:
    solve = _load("pyvolr.bs").implied_vol
    q = _head(quotes, rows)
    flags, (spot, strike, time, rate, paid) = q["option_type"].astype(np.int8), _terms(q)
    return Call(
        lambda: solve(q["price"], flags, spot, strike, time, rate, paid, on_error="ignore"), rows
    )


def _pyvolr_scalar(quotes: Quotes, _rows: int) -> Call:
    price = _load("pyvolr.bs").price
    spot, strike, time, rate, paid, volatility = _one(quotes)
    return _repeated(lambda: price("c", spot, strike, time, rate, volatility, paid))


# --- polars-vol: expressions without a dividend yield, so of the spot less dividends --------------


def _polars_frame(quotes: Quotes, rows: int) -> tuple[Any, Any, dict[str, Any]]:
    pl, package = _load("polars"), _load("polars_vol")
    q = _head(quotes, rows)
    frame = pl.DataFrame(q | {"is_call": q["option_type"] > 0.0}).lazy()
    held = pl.col("spot") * (-pl.col("dividend_yield") * pl.col("time_to_expiry")).exp()
    return package, frame.with_columns(held=held), {"engine": "streaming"}


_POLARS_LAST = ("time_to_expiry", "rate", "is_call")


def _polars_price(quotes: Quotes, rows: int) -> Call:
    package, frame, settings = _polars_frame(quotes, rows)
    asked = frame.select(found=package.black_scholes("strike", "held", "volatility", *_POLARS_LAST))
    return Call(lambda: asked.collect(**settings)["found"].to_numpy(), rows)


def _polars_greeks(quotes: Quotes, rows: int) -> Call:
    package, frame, settings = _polars_frame(quotes, rows)
    pl = _load("polars")
    asked = frame.select(
        "spot",
        "held",
        "dividend_yield",
        found=package.black_scholes_with_greeks("strike", "held", "volatility", *_POLARS_LAST),
    ).unnest("found")
    part = pl.col("held") / pl.col("spot")
    paid = pl.col("dividend_yield") * pl.col("held") * pl.col("delta")
    by_spot = asked.select(
        "vega",
        "rho",
        price="model_price",
        delta=pl.col("delta") * part,
        gamma=pl.col("gamma") * part * part,
        theta=pl.col("theta") + paid,
    )
    return Call(
        lambda: by_spot.collect(**settings),
        rows,
        lambda found: [found[name].to_numpy() for name in GREEKS],
    )


def _polars_volatility(quotes: Quotes, rows: int) -> Call:
    package, frame, settings = _polars_frame(quotes, rows)
    asked = frame.select(
        found=package.implied_vol("price", "strike", "held", *_POLARS_LAST, method="halley")
    )
    return Call(lambda: asked.collect(**settings)["found"].to_numpy(), rows)


def _polars_scalar(quotes: Quotes, _rows: int) -> Call:
    package, frame, _ = _polars_frame(quotes, 1)
    asked = frame.select(found=package.black_scholes("strike", "held", "volatility", *_POLARS_LAST))
    return _repeated(lambda: asked.collect()["found"][0])


# --- py-lets-be-rational: one option a call -------------------------------------------------------


def _rational_price_of() -> Callable[..., Any]:
    black = _load("py_lets_be_rational.lets_be_rational").black

    def ask(
        sign: float, spot: float, strike: float, time: float, rate: float, paid: float, vol: float
    ) -> Any:
        forward = spot * math.exp((rate - paid) * time)
        return math.exp(-rate * time) * black(forward, strike, vol, time, sign)

    return ask


def _rational_price(quotes: Quotes, rows: int) -> Call:
    return _loop(quotes, rows, _rational_price_of(), *_QUOTE, "volatility")


def _rational_volatility(quotes: Quotes, rows: int) -> Call:
    package = _load("py_lets_be_rational.lets_be_rational")
    solve = package.implied_volatility_from_a_transformed_rational_guess

    def ask(
        sign: float, spot: float, strike: float, time: float, rate: float, paid: float, price: float
    ) -> float:
        forward = spot * math.exp((rate - paid) * time)
        try:
            return float(solve(price / math.exp(-rate * time), forward, strike, time, sign))
        except Exception:  # whatever it raises, the quote has no answer
            return math.nan

    return _loop(quotes, rows, ask, *_QUOTE, "price")


def _rational_scalar(quotes: Quotes, _rows: int) -> Call:
    ask, terms = _rational_price_of(), _one(quotes)
    return _repeated(lambda: ask(1.0, *terms))


_UNLICENSED = "not run: its licence allows use only under a written agreement with its owner"
_PARTIAL = "no theta and no rho in batches"


def packages(threads: int) -> dict[str, Package]:
    """Every package that is compared, by the name under which its rows stand."""
    jackel = "its other solver: see fast-vollib"
    return {
        "strikeproof": strikeproof(threads),
        "NumPy/SciPy": Package(
            {
                "price": _scipy_price,
                "greeks": _scipy_greeks,
                "implied_volatility": _scipy_volatility,
                "scalar_price": _scipy_scalar,
            },
            distribution="scipy",
        ),
        "QuantLib": Package(
            {
                "price": _quantlib_price,
                "greeks": _quantlib_greeks,
                "implied_volatility": _quantlib_volatility,
                "scalar_price": _quantlib_scalar,
            },
            rows=10_000,
        ),
        "fast-vollib": Package(
            {
                "price": _fast_vollib_price,
                "greeks": _fast_vollib_greeks,
                "implied_volatility": _fast_vollib_volatility,
                "scalar_price": _fast_vollib_scalar,
            },
            several_threads=True,
        ),
        "fast-vollib jackel": Package(
            {
                "price": jackel,
                "greeks": jackel,
                "implied_volatility": _fast_vollib_jackel,
                "scalar_price": jackel,
            },
            several_threads=True,
            distribution="fast-vollib",
        ),
        "lets-be-precise": Package(dict.fromkeys(WORKS, _UNLICENSED)),
        "lbriv": Package(
            {
                "price": _lbriv_price,
                "greeks": _PARTIAL,
                "implied_volatility": _lbriv_volatility,
                "scalar_price": _lbriv_scalar,
            }
        ),
        "iv-engine": Package(
            {
                "price": _iv_engine_price,
                "greeks": _PARTIAL,
                "implied_volatility": _iv_engine_volatility,
                "scalar_price": _iv_engine_scalar,
            },
            several_threads=True,
        ),
        "pyvolr": Package(
            {
                "price": _pyvolr_price,
                "greeks": _pyvolr_greeks,
                "implied_volatility": _pyvolr_volatility,
                "scalar_price": _pyvolr_scalar,
            },
            several_threads=True,
        ),
        "polars-vol": Package(
            {
                "price": _polars_price,
                "greeks": _polars_greeks,
                "implied_volatility": _polars_volatility,
                "scalar_price": _polars_scalar,
            },
            several_threads=True,
        ),
        "py-lets-be-rational": Package(
            {
                "price": _rational_price,
                "greeks": "no Greeks but vega",
                "implied_volatility": _rational_volatility,
                "scalar_price": _rational_scalar,
            },
            rows=2_000,
        ),
    }

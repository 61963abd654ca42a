"""Rates, dividend yields and volatilities that depend on time.

Formulas and sources: ``core/src/term_structure.cpp``. Curves are immutable values: they compare,
hash, pickle and turn into dictionaries. A function of time that jumps at a node has there the value
that holds from then on.

European prices depend on a curve through its mean up to expiry alone, so curves feed the engines
by ``rate=curve.zero_rate(time_to_expiry)``:

>>> from strikeproof import black_scholes
>>> from strikeproof.term_structure import RateCurve, VolatilityCurve
>>> rates = RateCurve.from_zero_rates([0.5, 2.0], [0.02, 0.03])
>>> yields = RateCurve.flat(0.01)
>>> volatilities = VolatilityCurve.from_volatilities([0.5, 2.0], [0.25, 0.2])
>>> price = black_scholes.price(
...     option_type="call",
...     spot=100.0,
...     strike=105.0,
...     time_to_expiry=1.25,
...     rate=rates.zero_rate(1.25),
...     dividend_yield=yields.zero_rate(1.25),
...     volatility=volatilities.volatility(0.0, 1.25),
... )
>>> round(price, 4)
7.982
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, Self

import numpy as np
from numpy.typing import ArrayLike

from strikeproof._columns import as_columns, as_float64
from strikeproof._curve import Curve, Figure, check, place

__all__ = ["RateCurve", "VolatilityCurve", "forward"]


@dataclass(frozen=True, repr=False)
class RateCurve(Curve):
    """Continuously compounded rate, or dividend yield, as a function of time.

    Made by `flat`, `from_zero_rates`, `from_discounts` or `piecewise_constant`. Curves are equal
    when they were made by the same factory of the same numbers.

    Attributes
    ----------
    kind : str
        ``"flat"``, ``"piecewise_constant"``, ``"linear_zero"``, ``"log_linear_discount"`` or
        ``"discounts"``.
    times, values : tuple of float
        Nodes as they were given.
    """

    KINDS = ("flat", "piecewise_constant", "linear_zero", "log_linear_discount", "discounts")

    @classmethod
    def flat(cls, rate: float) -> Self:
        """The same rate at all times, per year."""
        return cls._constant("rate", rate)

    @classmethod
    def piecewise_constant(cls, times: ArrayLike, forward_rates: ArrayLike) -> Self:
        """Instantaneous forward rates that hold from one time to the next.

        Parameters
        ----------
        times : array-like, shape (n,), > 0 and ascending, years
        forward_rates : array-like, shape (n,), per year
            ``forward_rates[i]`` holds from ``times[i - 1]`` (the first from 0) to ``times[i]``,
            the last one thereafter.

        Raises
        ------
        ValueError
            An entry breaks its rule: the message names argument, value, index and rule.
        """
        return cls._made("piecewise_constant", "forward_rates", times, forward_rates)

    @classmethod
    def from_zero_rates(
        cls,
        times: ArrayLike,
        rates: ArrayLike,
        interpolation: Literal["linear_zero", "log_linear_discount"] = "linear_zero",
    ) -> Self:
        """Curve through continuously compounded zero rates.

        Parameters
        ----------
        times : array-like, shape (n,), > 0 and ascending, years
        rates : array-like, shape (n,), per year
        interpolation : {"linear_zero", "log_linear_discount"}
            ``"linear_zero"``: the rate is linear between the times, and flat before the first and
            after the last. ``"log_linear_discount"``: the logarithm of the discount factor is
            linear, which is a piecewise-constant forward rate; the first zero rate holds before
            the first time, the last forward rate after the last.

        Raises
        ------
        ValueError
            An entry breaks its rule: the message names argument, value, index and rule.
        """
        if interpolation not in ("linear_zero", "log_linear_discount"):
            raise ValueError(
                f"interpolation is {interpolation!r}: must be one of "
                '"linear_zero", "log_linear_discount"'
            )
        return cls._made(interpolation, "rates", times, rates)

    @classmethod
    def from_discounts(cls, times: ArrayLike, discounts: ArrayLike) -> Self:
        """Curve through discount factors, log-linear between them.

        Parameters
        ----------
        times : array-like, shape (n,), > 0 and ascending, years
        discounts : array-like, shape (n,), > 0

        Raises
        ------
        ValueError
            An entry breaks its rule: the message names argument, value, index and rule.
        """
        return cls._made("discounts", "discounts", times, discounts)

    def discount(self, time: ArrayLike) -> Any:
        """Value of 1 paid at `time`: array-like, >= 0, years.

        Raises
        ------
        ValueError
            A time is negative or not finite. This holds for all methods.
        """
        found = np.exp(-self._evaluate(Figure.INTEGRAL, time=time))
        return found if found.ndim else float(found)

    def zero_rate(self, time: ArrayLike) -> Any:
        """Mean of the forward rate up to `time`: the engines' ``rate``; its limit at 0."""
        return self._evaluate(Figure.AVERAGE, time=time)

    def forward_rate(self, time: ArrayLike) -> Any:
        """Instantaneous forward rate from `time` on."""
        return self._evaluate(Figure.AT, time=time)

    def average_rate(self, start: ArrayLike, end: ArrayLike) -> Any:
        """Mean of the forward rate from `start` to `end`; `forward_rate` where they are equal.

        The discount factor between them is ``exp(-average_rate(start, end) * (end - start))``.
        """
        return self._evaluate(Figure.AVERAGE, start=start, end=end)


@dataclass(frozen=True, repr=False)
class VolatilityCurve(Curve):
    """Volatility that is constant from one time to the next; the last one holds thereafter.

    Made by `flat`, `piecewise_constant`, `from_total_variances` or `from_volatilities`. Curves are
    equal when they were made by the same factory of the same numbers.

    Attributes
    ----------
    kind : str
        ``"flat"``, ``"piecewise_constant"``, ``"total_variances"`` or ``"volatilities"``.
    times, values : tuple of float
        Nodes as they were given.
    """

    KINDS = ("flat", "piecewise_constant", "total_variances", "volatilities")
    _VOLATILITY = True

    @classmethod
    def flat(cls, volatility: float) -> Self:
        """The same volatility at all times, >= 0, per square root of a year."""
        return cls._constant("volatility", volatility)

    @classmethod
    def piecewise_constant(cls, times: ArrayLike, volatilities: ArrayLike) -> Self:
        """Instantaneous volatilities.

        Parameters
        ----------
        times : array-like, shape (n,), > 0 and ascending, years
        volatilities : array-like, shape (n,), >= 0, per square root of a year
            ``volatilities[i]`` holds from ``times[i - 1]`` (the first from 0) to ``times[i]``.

        Raises
        ------
        ValueError
            An entry breaks its rule: the message names argument, value, index and rule.
        """
        return cls._made("piecewise_constant", "volatilities", times, volatilities)

    @classmethod
    def from_total_variances(cls, times: ArrayLike, total_variances: ArrayLike) -> Self:
        """Volatilities whose variance from 0 to each of the times is given.

        Parameters
        ----------
        times : array-like, shape (n,), > 0 and ascending, years
        total_variances : array-like, shape (n,), >= 0 and not descending

        Raises
        ------
        ValueError
            An entry breaks its rule; for total variance that falls (calendar arbitrage) the
            message names both expiries.
        """
        return cls._made("total_variances", "total_variances", times, total_variances)

    @classmethod
    def from_volatilities(cls, times: ArrayLike, volatilities: ArrayLike) -> Self:
        """Volatilities that imply the quoted one of each expiry.

        Parameters
        ----------
        times : array-like, shape (n,), > 0 and ascending, years
        volatilities : array-like, shape (n,), >= 0, per square root of a year
            Implied volatility of each expiry; ``volatilities**2 * times`` may not descend.

        Raises
        ------
        ValueError
            As for `from_total_variances`.
        """
        return cls._made("volatilities", "volatilities", times, volatilities)

    def variance(self, time: ArrayLike) -> Any:
        """Total variance from 0 to `time`: array-like, >= 0, years.

        Raises
        ------
        ValueError
            A time is negative or not finite. This holds for all methods.
        """
        return self._evaluate(Figure.INTEGRAL, time=time)

    def volatility(self, start: ArrayLike, end: ArrayLike) -> Any:
        """Root of the mean square from `start` to `end`; the instantaneous one where equal."""
        found = np.sqrt(self._evaluate(Figure.AVERAGE, start=start, end=end))
        return found if found.ndim else float(found)

    def instantaneous_volatility(self, time: ArrayLike) -> Any:
        """Volatility from `time` on."""
        found = np.sqrt(self._evaluate(Figure.AT, time=time))
        return found if found.ndim else float(found)


def forward(
    *,
    spot: ArrayLike,
    time_to_expiry: ArrayLike,
    rate_curve: RateCurve,
    dividend_curve: RateCurve | None = None,
    dividend_times: ArrayLike = (),
    dividend_amounts: ArrayLike = (),
) -> Any:
    """Forward price of a stock that pays a yield and cash dividends.

    Parameters
    ----------
    spot : array-like, > 0
    time_to_expiry : array-like, >= 0, years
    rate_curve : RateCurve
    dividend_curve : RateCurve, optional
        Dividend yield; none by default.
    dividend_times, dividend_amounts : array-like, shape (n,), >= 0
        Years and currency of spot. As everywhere, dividends at time 0 are taken as paid and those
        at expiry or later come too late.

    Returns
    -------
    float, or float64 array of the broadcast shape of `spot` and `time_to_expiry`

    Raises
    ------
    ValueError
        An argument is out of range, or the dividends are worth more than the stock.

    Notes
    -----
    ``F(T) = (S Q(T) - sum of amount_i D(t_i) Q(T)/Q(t_i)) / D(T)``, with D the discount factors of
    the rate and Q those of the yield: the expectation under the spot model of
    `strikeproof.dividends`, short of its liquidation at 0.
    """
    given = {
        "spot": as_float64("spot", spot),
        "time_to_expiry": as_float64("time_to_expiry", time_to_expiry),
    }
    shape, columns = as_columns(given)
    check("spot", columns["spot"], zero=False)
    check("time_to_expiry", columns["time_to_expiry"])
    stock, expiry = (np.broadcast_to(array, shape) for array in given.values())
    yields = RateCurve.flat(0.0) if dividend_curve is None else dividend_curve

    def growth(start: Any) -> Any:
        carry = rate_curve.average_rate(start, expiry) - yields.average_rate(start, expiry)
        return np.exp(carry * (expiry - start))

    value = stock * growth(np.zeros(()))
    for date, amount in zip(*_cash(dividend_times, dividend_amounts), strict=True):
        paid = (date > 0.0) & (date < expiry)
        value = value - np.where(paid, amount * growth(np.minimum(date, expiry)), 0.0)
    found = np.asarray(value)
    broken = np.flatnonzero(~(found > 0.0))
    if broken.size:
        raise ValueError(
            f"forward is {float(found.ravel()[broken[0]])!r}{place(broken[0], found)}: the "
            "dividends are worth more than the spot"
        )
    return found if shape else float(found)


def _cash(times: ArrayLike, amounts: ArrayLike) -> tuple[Any, Any]:
    arrays = {
        "dividend_times": np.atleast_1d(as_float64("dividend_times", times)),
        "dividend_amounts": np.atleast_1d(as_float64("dividend_amounts", amounts)),
    }
    for name, array in arrays.items():
        if array.ndim != 1:
            raise ValueError(f"{name} has shape {array.shape}: must be a list of numbers")
        check(name, array)
    dates, sizes = arrays.values()
    if dates.size != sizes.size:
        raise ValueError(
            f"dividend_times holds {dates.size} entries and dividend_amounts {sizes.size}: "
            "must be as many"
        )
    return dates, sizes

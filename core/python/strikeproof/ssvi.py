"""Volatility surfaces of Gatheral and Jacquier (SSVI) and of Hendriks and Martini (eSSVI).

Method and sources: ``core/src/ssvi.cpp`` and ``core/src/ssvi_calibration.cpp``. Log-moneyness k is
ln(strike / forward), total variance w is volatility squared times time to expiry::

    w = (theta + rho psi k + sqrt((psi k + rho theta)^2 + theta^2 (1 - rho^2))) / 2

theta is the total variance at the money and psi = theta phi(theta). SSVI has one rho and a formula
of phi; eSSVI has a rho and a psi for every expiry.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from strikeproof import _core
from strikeproof._columns import OnFailure, as_float64
from strikeproof._engine import Engine
from strikeproof._status import POSITIVE
from strikeproof._volatility_surface import (
    STOPS,
    Violation,
    check_evaluations,
    covariance,
    deviations,
    fit_warnings,
    quotes,
    robust,
    violations,
)
from strikeproof.svi import Raw

__all__ = [
    "Derivatives",
    "Surface",
    "SurfaceCalibration",
    "Violation",
    "calibrate",
    "calibrate_essvi",
    "formula_surface",
]

Float64Array = NDArray[np.float64]
Phi = Literal["power_law", "power", "heston"]
Interpolation = Literal["linear", "smooth"]

_FAMILIES = {"essvi": 0, "power_law": 1, "power": 2, "heston": 3}
_INTERPOLATIONS = {"linear": 0, "smooth": 1}
_OUTPUTS = (
    "total_variance",
    "by_log_moneyness",
    "by_log_moneyness_twice",
    "by_time",
    "durrleman",
    "density",
    "implied_volatility",
    "local_volatility",
)


class Derivatives(NamedTuple):
    """Total variance and its derivatives, each a float or an array of the broadcast shape."""

    total_variance: Any
    by_log_moneyness: Any
    by_log_moneyness_twice: Any
    by_time: Any


@dataclass(frozen=True)
class Surface:
    """A surface over all times above 0; evaluated in the compiled core.

    Between expiries psi and rho psi are linear in theta (eSSVI) or psi follows its formula (SSVI);
    before the first expiry all go to 0 with time, after the last theta grows at its last rate. A
    surface whose expiries keep the `conditions` has no static arbitrage at any time.

    Parameters
    ----------
    time_to_expiry : sequence of float, > 0, ascending, years
    theta : sequence of float, > 0
        Total variance at the money of each expiry.
    rho : sequence of float, within (-1, 1)
    psi : sequence of float, > 0
    phi : {"essvi", "power_law", "power", "heston"}
        What psi does between expiries; a formula comes from `formula_surface`.
    eta, gamma : float, optional
        Of the formula: phi is eta theta^-gamma (1 + theta)^(gamma - 1), eta theta^-gamma, or
        (1 - (1 - exp(-x))/x)/x with x = eta theta.
    interpolation : {"linear", "smooth"}
        Of theta by time; "smooth" is a monotone cubic, so that local volatility has no jumps at
        the expiries of SSVI.
    """

    time_to_expiry: tuple[float, ...]
    theta: tuple[float, ...]
    rho: tuple[float, ...]
    psi: tuple[float, ...]
    phi: str = "essvi"
    eta: float | None = None
    gamma: float | None = None
    interpolation: str = "linear"

    def __post_init__(self) -> None:
        for name in ("time_to_expiry", "theta", "rho", "psi"):
            values = as_float64(name, getattr(self, name))
            object.__setattr__(self, name, tuple(float(value) for value in np.atleast_1d(values)))
        _check_slices(self)
        if self.phi not in _FAMILIES:
            raise ValueError(f"phi is {self.phi!r}: must be one of {list(_FAMILIES)}")
        if self.interpolation not in _INTERPOLATIONS:
            raise ValueError(
                f"interpolation is {self.interpolation!r}: must be one of {list(_INTERPOLATIONS)}"
            )
        if self.phi != "essvi":
            _check_formula(self)

    def total_variance(self, **arguments: Any) -> Any:
        """Volatility squared times time; arguments as for `implied_volatility`."""
        return self._one("total_variance", arguments)

    def implied_volatility(
        self,
        *,
        log_moneyness: ArrayLike,
        time_to_expiry: ArrayLike,
        on_failure: OnFailure | None = None,
        return_status: bool = False,
        threads: int | None = None,
        out: Any = None,
    ) -> Any:
        """Black's volatility, per square root of a year.

        Parameters
        ----------
        log_moneyness : array-like
        time_to_expiry : array-like, > 0, years
        on_failure, return_status, threads, out
            As for `strikeproof.svi.smile`.

        Returns
        -------
        float where every argument is a scalar, else float64 array of the broadcast shape

        Raises
        ------
        ValueError, TypeError
            As for `strikeproof.svi.smile`.
        """
        arguments = {
            "log_moneyness": log_moneyness,
            "time_to_expiry": time_to_expiry,
            "on_failure": on_failure,
            "return_status": return_status,
            "threads": threads,
            "out": out,
        }
        return self._one("implied_volatility", arguments)

    def local_volatility(self, **arguments: Any) -> Any:
        """Dupire's local volatility; arguments as for `implied_volatility`.

        ``OUT_OF_DOMAIN`` where the surface has none: total variance falls with time or the density
        is not positive.
        """
        return self._one("local_volatility", arguments)

    def durrleman(self, **arguments: Any) -> Any:
        """Durrleman's g, negative where there is butterfly arbitrage."""
        return self._one("durrleman", arguments)

    def density(self, **arguments: Any) -> Any:
        """Risk-neutral density of the logarithm of spot at expiry over forward."""
        return self._one("density", arguments)

    def derivatives(self, **arguments: Any) -> Any:
        """Total variance and its derivatives, as `Derivatives`; by time from the right."""
        return self._call(Derivatives._fields, arguments, Derivatives)

    def slice(self, time_to_expiry: float) -> Raw:
        """The smile of one time in raw SVI parameters."""
        if not (np.isfinite(time_to_expiry) and time_to_expiry > 0.0):
            raise ValueError(f"time_to_expiry is {time_to_expiry!r}: must be finite and > 0")
        ((theta, rho, psi),) = _core.ssvi_slices(self._description(), [float(time_to_expiry)])
        square = (1.0 - rho) * (1.0 + rho)
        m, sigma = -rho * theta / psi, theta * np.sqrt(square) / psi
        return Raw(0.5 * theta * square, 0.5 * psi, rho, m, float(sigma))

    def arbitrage(
        self, *, time_to_expiry: ArrayLike | None = None, tolerance: float = 1e-12
    ) -> tuple[Violation, ...]:
        """Where the surface allows static arbitrage, decided exactly in log-moneyness.

        Parameters
        ----------
        time_to_expiry : array-like, > 0, ascending, optional
            Smiles to test, each and against the next; by default the expiries, the middles
            between them, and one time before and one after all.
        tolerance : float, >= 0
            As for `strikeproof.svi.butterfly` and `strikeproof.svi.calendar`.
        """
        times = self._test_times() if time_to_expiry is None else np.atleast_1d(time_to_expiry)
        times = as_float64("time_to_expiry", times)
        if not (np.isfinite(times).all() and (times > 0.0).all() and (np.diff(times) > 0.0).all()):
            raise ValueError("time_to_expiry must be finite, > 0 and ascending")
        return violations(_core.ssvi_arbitrage(self._description(), times.tolist()), tolerance)

    def conditions(self) -> bool:
        """Whether the expiries keep the published sufficient conditions of no arbitrage.

        Gatheral and Jacquier (2014), theorem 4.2, for butterflies; Hendriks and Martini (2019) for
        calendars, with psi/theta not rising. They are sufficient: `arbitrage` decides.
        """
        theta, rho, psi = (np.array(column) for column in (self.theta, self.rho, self.psi))
        both = 1.0 + np.abs(rho)
        rounding = 1.0 + 1e-12
        calm = (psi * both < 4.0) & (psi**2 * both <= 4.0 * theta * rounding)
        rise = np.diff(psi) + 1e-15 * psi[1:]
        ordered = (np.diff(theta) >= 0.0) & (np.abs(np.diff(rho * psi)) <= rise * rounding)
        falling = np.diff(psi / theta) <= 1e-12 * psi[1:] / theta[1:]
        return bool(calm.all() and ordered.all() and falling.all())

    def to_dict(self) -> dict[str, Any]:
        """Plain numbers, words and lists, for `from_dict` or a JSON file."""
        return {k: list(v) if isinstance(v, tuple) else v for k, v in asdict(self).items()}

    @classmethod
    def from_dict(cls, document: Mapping[str, Any]) -> Surface:
        """The surface that `to_dict` wrote; ValueError where a field is unknown or missing."""
        names = {field.name for field in fields(cls)}
        if set(document) != names:
            raise ValueError(f"fields are {sorted(document)}: must be {sorted(names)}")
        return cls(**document)

    def _one(self, name: str, arguments: Mapping[str, Any]) -> Any:
        return self._call((name,), arguments, None)

    def _call(self, select: tuple[str, ...], arguments: Mapping[str, Any], result: Any) -> Any:
        description = self._description()

        def kernel(columns: Any, outputs: Any, status: Any, threads: int) -> None:
            _core.ssvi_evaluate(columns, outputs, status, threads, description)

        engine = Engine(kernel, {"time_to_expiry": POSITIVE}, _OUTPUTS)
        options = dict(arguments)
        where = {name: options.pop(name) for name in ("log_moneyness", "time_to_expiry")}
        return engine(where, select=select, result=result, **options)

    def _description(self) -> Any:
        return (
            self.time_to_expiry,
            self.theta,
            self.rho,
            self.psi,
            _FAMILIES[self.phi],
            _INTERPOLATIONS[self.interpolation],
            1.0 if self.eta is None else self.eta,
            0.0 if self.gamma is None else self.gamma,
        )

    def _test_times(self) -> Float64Array:
        times = np.array(self.time_to_expiry)
        middles = 0.5 * (times[1:] + times[:-1])
        return np.sort(np.concatenate([[0.5 * times[0]], times, middles, [2.0 * times[-1]]]))


def formula_surface(
    *,
    phi: Phi,
    time_to_expiry: Sequence[float],
    theta: Sequence[float],
    rho: float,
    eta: float,
    gamma: float | None = None,
    interpolation: Interpolation = "linear",
) -> Surface:
    """Surface of SSVI from a formula of phi.

    Parameters
    ----------
    phi, eta, gamma, interpolation
        As for `Surface`. No arbitrage needs, for "power_law", gamma <= 1/2 and eta (1 + |rho|)
        <= 2 (sufficient); for "heston", eta >= (1 + |rho|)/4.
    time_to_expiry, theta : sequence of float, > 0, ascending
    rho : float, within (-1, 1)

    Returns
    -------
    Surface

    Raises
    ------
    ValueError
        A parameter is out of range.

    Notes
    -----
    Gatheral and Jacquier (2014), section 4.
    """
    level = np.atleast_1d(as_float64("theta", theta))
    psi = _psi(phi, eta, gamma, level)
    return Surface(
        time_to_expiry=tuple(time_to_expiry),
        theta=tuple(level),
        rho=(rho,) * len(level),
        psi=tuple(psi),
        phi=phi,
        eta=eta,
        gamma=gamma,
        interpolation=interpolation,
    )


@dataclass(frozen=True)
class SurfaceCalibration:
    """A surface fitted to quotes, and how well.

    Parameters
    ----------
    surface : Surface
        Without static arbitrage, by construction.
    standard_errors : dict
        Arrays by name: theta, rho and psi of every expiry (eSSVI); rho, eta, gamma and theta
        (SSVI). NaN where the quotes do not determine them.
    errors : array of the quotes' shape
        Surface's implied volatility less the quote's.
    rmse : array, one per expiry
        Root of the mean of squared errors, without weights.
    sum_of_squares : float
        Of weight times error, large errors reduced by the robust loss: what was minimised.
    covariance : array
        Of the parameters in the order of `names`.
    names : tuple of str
    condition_number : float
        Of the Jacobian by the variables of the fit, with its columns scaled to length 1.
    evaluations, starts : int
    stop : {"gradient", "step", "reduction", "evaluations"}
    warnings : tuple of str
    """

    surface: Surface
    standard_errors: dict[str, Float64Array]
    errors: Float64Array
    rmse: Float64Array
    sum_of_squares: float
    covariance: Float64Array
    names: tuple[str, ...]
    condition_number: float
    evaluations: int
    starts: int
    stop: str
    warnings: tuple[str, ...]


def calibrate(
    *,
    log_moneyness: ArrayLike,
    time_to_expiry: ArrayLike,
    volatility: ArrayLike,
    weight: ArrayLike = 1.0,
    phi: Phi = "power_law",
    interpolation: Interpolation = "linear",
    robust_scale: float | None = None,
    most_evaluations: int = 300,
) -> SurfaceCalibration:
    """Surface of SSVI without arbitrage that fits implied volatilities best.

    Parameters
    ----------
    log_moneyness : array-like
    time_to_expiry : array-like, > 0, years
        In any order; equal times are one expiry.
    volatility : array-like, > 0
        Black's.
    weight : array-like, > 0
        Multiplies the error of volatility.
    phi : {"power_law", "power", "heston"}
    interpolation : {"linear", "smooth"}
        Of the surface that is returned; the fit does not depend on it.
    robust_scale : float, > 0, optional
        Errors of volatility beyond this count by their size rather than their square (soft L1).
    most_evaluations : int
        Surfaces evaluated per start.

    Returns
    -------
    SurfaceCalibration

    Raises
    ------
    ValueError
        A quote is out of range, or nothing could be fitted.
    """
    if phi not in ("power_law", "power", "heston"):
        raise ValueError(f'phi is {phi!r}: must be "power_law", "power" or "heston"')
    columns = {
        "log_moneyness": log_moneyness,
        "time_to_expiry": time_to_expiry,
        "volatility": volatility,
        "weight": weight,
    }
    return _calibrate(phi, columns, interpolation, robust_scale, most_evaluations)


def calibrate_essvi(
    *,
    log_moneyness: ArrayLike,
    time_to_expiry: ArrayLike,
    volatility: ArrayLike,
    weight: ArrayLike = 1.0,
    interpolation: Interpolation = "linear",
    robust_scale: float | None = None,
    most_evaluations: int = 300,
) -> SurfaceCalibration:
    """Surface of eSSVI without arbitrage that fits implied volatilities best.

    All slices at once, in variables whose every value is free of arbitrage; an expiry with one
    quote or with quotes on one side is held by its neighbours.

    Parameters
    ----------
    log_moneyness, time_to_expiry, volatility, weight, interpolation, robust_scale, most_evaluations
        As for `calibrate`.

    Returns
    -------
    SurfaceCalibration

    Raises
    ------
    ValueError
        As for `calibrate`.

    Notes
    -----
    Mingone (2022), Quantitative Finance 22(12), 2205-2217; Corbetta, Cohort, Laachir and Martini
    (2019), Decisions in Economics and Finance 42, 665-677.
    """
    columns = {
        "log_moneyness": log_moneyness,
        "time_to_expiry": time_to_expiry,
        "volatility": volatility,
        "weight": weight,
    }
    return _calibrate("essvi", columns, interpolation, robust_scale, most_evaluations)


def _calibrate(
    phi: str,
    arguments: Mapping[str, ArrayLike],
    interpolation: str,
    robust_scale: float | None,
    most_evaluations: int,
) -> SurfaceCalibration:
    check_evaluations(most_evaluations)
    shape, columns = quotes(arguments)
    if columns["volatility"].size == 0:
        raise ValueError("there are no quotes")
    times, expiry = np.unique(columns["time_to_expiry"], return_inverse=True)
    given = [
        np.ascontiguousarray(column, dtype=np.float64)
        for column in (expiry, columns["log_moneyness"], columns["volatility"], columns["weight"])
    ]
    found = _core.ssvi_calibrate(
        times.tolist(), given, _FAMILIES[phi], robust(robust_scale), most_evaluations
    )
    theta, rho, psi, eta, gamma, errors, total, inverse, condition, tried, starts, stop = found
    if STOPS[stop] == "unusable":
        raise ValueError("no surface could be evaluated at the quotes: check their range")
    surface = Surface(
        time_to_expiry=tuple(times),
        theta=tuple(theta),
        rho=tuple(rho),
        psi=tuple(psi),
        phi=phi,
        eta=None if np.isnan(eta) else eta,
        gamma=None if np.isnan(gamma) else gamma,
        interpolation=interpolation,
    )
    names = _names(phi, len(times))
    matrix = covariance(inverse, total, len(errors), len(names))
    squares = np.bincount(expiry, np.square(errors)) / np.bincount(expiry)
    return SurfaceCalibration(
        surface=surface,
        standard_errors=_by_name(names, deviations(matrix)),
        errors=np.reshape(errors, shape),
        rmse=np.sqrt(squares),
        sum_of_squares=float(total),
        covariance=matrix,
        names=names,
        condition_number=float(condition),
        evaluations=tried,
        starts=starts,
        stop=STOPS[stop],
        warnings=tuple(fit_warnings(STOPS[stop], condition, len(errors), len(names))),
    )


def _names(phi: str, expiries: int) -> tuple[str, ...]:
    if phi == "essvi":
        return ("theta", "rho", "psi") * expiries
    shape = ("rho", "eta") if phi == "heston" else ("rho", "eta", "gamma")
    return shape + ("theta",) * expiries


def _by_name(names: tuple[str, ...], values: Float64Array) -> dict[str, Float64Array]:
    listed = np.array(names)
    return {name: values[listed == name] for name in dict.fromkeys(names)}


def _check_slices(surface: Surface) -> None:
    count = len(surface.time_to_expiry)
    rules: dict[str, tuple[Callable[[float], bool], str]] = {
        "time_to_expiry": (lambda value: value > 0.0, "must be finite and > 0"),
        "theta": (lambda value: value > 0.0, "must be finite and > 0"),
        "rho": (lambda value: -1.0 < value < 1.0, "must be within (-1, 1)"),
        "psi": (lambda value: value > 0.0, "must be finite and > 0"),
    }
    for name, (holds, text) in rules.items():
        values = getattr(surface, name)
        if len(values) != count or count == 0:
            raise ValueError(f"{name} has {len(values)} entries: must be {count}, at least 1")
        for index, value in enumerate(values):
            if not (np.isfinite(value) and holds(value)):
                raise ValueError(f"{name} is {value!r} at index {index}: {text}")
    if any(
        later <= earlier
        for earlier, later in zip(surface.time_to_expiry, surface.time_to_expiry[1:], strict=False)
    ):
        raise ValueError(f"time_to_expiry is {surface.time_to_expiry}: must ascend")


def _check_formula(surface: Surface) -> None:
    psi = _psi(surface.phi, surface.eta, surface.gamma, np.array(surface.theta))
    if not np.allclose(psi, surface.psi, rtol=1e-9, atol=0.0):
        raise ValueError(f"psi is {surface.psi}: the formula of phi gives {tuple(psi)}")
    if len(set(surface.rho)) != 1:
        raise ValueError(f"rho is {surface.rho}: must be the same for every expiry of SSVI")


def _psi(phi: str, eta: float | None, gamma: float | None, theta: Float64Array) -> Float64Array:
    if phi not in ("power_law", "power", "heston"):
        raise ValueError(f'phi is {phi!r}: must be "power_law", "power" or "heston"')
    if eta is None or not (np.isfinite(eta) and eta > 0.0):
        raise ValueError(f"eta is {eta!r}: must be finite and > 0")
    if phi == "heston":
        x = eta * theta
        small = x / 2.0 - x**2 / 6.0 + x**3 / 24.0 - x**4 / 120.0
        found: Float64Array = np.where(x < 1e-3, small, 1.0 + np.expm1(-x) / x) / eta
        return found
    if gamma is None or not 0.0 < gamma < 1.0:
        raise ValueError(f"gamma is {gamma!r}: must be within (0, 1)")
    base = theta / (1.0 + theta) if phi == "power_law" else theta
    return np.asarray(eta * base ** (1.0 - gamma))

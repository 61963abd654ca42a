"""A volatility surface of SSVI or eSSVI smiles; `strikeproof.ssvi` is its public home."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from strikeproof import _core
from strikeproof._columns import OnFailure, as_float64
from strikeproof._engine import Engine
from strikeproof._status import POSITIVE
from strikeproof._svi_parameters import Raw
from strikeproof._volatility_surface import Violation, violations

Float64Array = NDArray[np.float64]
Phi = Literal["power_law", "power", "heston"]
Interpolation = Literal["linear", "smooth"]

FAMILIES = {"essvi": 0, "power_law": 1, "power": 2, "heston": 3}
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
        if self.phi not in FAMILIES:
            raise ValueError(f"phi is {self.phi!r}: must be one of {list(FAMILIES)}")
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
        ((theta, rho, psi),) = _core.ssvi_slices(self.description(), [float(time_to_expiry)])
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
        return violations(_core.ssvi_arbitrage(self.description(), times.tolist()), tolerance)

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
        description = self.description()

        def kernel(columns: Any, outputs: Any, status: Any, threads: int) -> None:
            _core.ssvi_evaluate(columns, outputs, status, threads, description)

        engine = Engine(kernel, {"time_to_expiry": POSITIVE}, _OUTPUTS)
        options = dict(arguments)
        where = {name: options.pop(name) for name in ("log_moneyness", "time_to_expiry")}
        return engine(where, select=select, result=result, **options)

    def description(self) -> Any:
        """For the compiled core."""
        return (
            self.time_to_expiry,
            self.theta,
            self.rho,
            self.psi,
            FAMILIES[self.phi],
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
        As for `Surface`. No arbitrage needs, for "power_law", gamma <= 1/2 and eta (1 + abs(rho))
        <= 2 (sufficient); for "heston", eta >= (1 + abs(rho))/4.
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
    if any(later <= earlier for earlier, later in itertools.pairwise(surface.time_to_expiry)):
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

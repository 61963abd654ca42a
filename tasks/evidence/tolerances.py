"""The one file of tolerances: what a figure may at most be, and why.

`tolerances.toml` is a list of bounds, each with the dotted name of a figure of the metrics
summary, a limit and a reason. Every figure in `BOUNDED` needs exactly one bound, and a bound of
any other name is refused: a misspelt name must not switch a check off.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StrictFloat, StrictStr, ValidationError

from tasks.evidence import instruction_plan, parity_grid
from tasks.evidence.faults import EvidenceFault

# Quantities of the parity table, each with a bound of its own.
_PARITY_QUANTITIES = ("price", "delta", "gamma", "vega", "theta", "rho")

# Figures of the study on the sample that are about the whole of it.
_STUDY = ("fits_not_converged", "worst_relative_bias", "leaks_missed", "runs_changed_by_the_future")

# The panel of American options.
_STOCK = "synthetic-stock-2019"

BOUNDED: tuple[str, ...] = (
    *(f"ql_parity.by_quantity.{name}.max_abs_error" for name in _PARITY_QUANTITIES),
    "ql_parity.max_abs_error",
    "ql_parity.median_abs_error",
    "ql_parity.library.strikeproof_errors",
    *(parity_grid.figure(name) for name in parity_grid.declared()),
    *(f"instruction_counts.by_kernel.{label}.instructions" for label in instruction_plan.LABELS),
    "market_fit.max_round_trip_error",
    "market_fit.rmse_volatility",
    *(f"market_fit.models.{name}.rmse_volatility" for name in ("svi", "ssvi", "essvi", "bates")),
    "market_fit.models.heston.sum_of_squares",
    *(
        f"market_fit.models.{name}.{kind}_violations"
        for name in ("ssvi", "essvi", "heston", "bates")
        for kind in ("butterfly", "calendar")
    ),
    "market_fit.models.svi.butterfly_violations",
    *(f"wrds_sample.{name}" for name in _STUDY),
    *(
        f"wrds_sample.models.{name}.{period}_rmse_volatility"
        for name in ("svi_slices", "heston")
        for period in ("in_sample", "out_of_sample")
    ),
    f"wrds_sample.panels.{_STOCK}.worst_relative_bias",
    *(
        f"wrds_sample.models_{_STOCK}.flat_black_scholes.{name}"
        for name in (
            "in_sample_rmse_volatility",
            "out_of_sample_rmse_volatility",
            "hedged_rmse_bp_sticky_strike",
        )
    ),
    *(
        f"method_agreement.kinds.{name}.{figure}"
        for name in ("qmc", "pde", "tree")
        for figure in ("worst_in_errors", "worst_absolute")
    ),
    "method_agreement.kinds.qmc.share_outside_95",
    "pde_order.worst_shortfall",
    "pde_order.undetermined",
    "mc_coverage.rejected",
    "mc_coverage.worst_bias_in_deviations",
    "qmc_efficiency.worst_error_ratio",
    "heston_scheme_bias.finest.quadratic_exponential.in_errors",
    "heston_scheme_bias.finest.quadratic_exponential.bias",
    "heston_scheme_bias.finest.almost_exact.in_errors",
    *(
        f"variance_reduction.most_variance_left.{name}"
        for name in ("antithetic", "control", "antithetic_control", "sobol", "sobol_control")
    ),
)


class Bound(BaseModel):
    """One limit: a figure above it fails the gate."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    figure: StrictStr
    limit: Annotated[StrictFloat, Field(gt=0.0, allow_inf_nan=False)]
    reason: Annotated[StrictStr, Field(min_length=20)]


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    bound: list[Bound]


def parse(data: bytes) -> dict[str, Bound]:
    """Bounds by figure.

    Raises
    ------
    EvidenceFault
        Not TOML, unknown or missing or repeated figures, a limit that is not a positive float, a
        reason that says nothing; every fault found is listed.
    """
    try:
        file = _File.model_validate(tomllib.loads(data.decode("utf-8")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise EvidenceFault([f"not TOML: {error}"]) from None
    except ValidationError as error:
        raise EvidenceFault(validation_messages(error)) from None
    names = [bound.figure for bound in file.bound]
    faults = [f"unknown key {name}" for name in names if name not in BOUNDED]
    faults += [f"no bound for {name}" for name in BOUNDED if name not in names]
    faults += [f"two bounds for {name}" for name in sorted(set(names)) if names.count(name) > 1]
    if faults:
        raise EvidenceFault(faults)
    return {bound.figure: bound for bound in file.bound}


def validation_messages(error: ValidationError) -> list[str]:
    """One line per fault that pydantic found: place, what is wrong, the value given."""
    messages = []
    for item in error.errors(include_url=False):
        place = ".".join(map(str, item["loc"]))
        if item["type"] == "float_type":
            wrong = f"{place} is {type(item['input']).__name__}, want float"
        elif item["type"] == "extra_forbidden":
            wrong = f"unknown key {place}"
        elif item["type"] == "missing":
            wrong = f"required key {place}"
        else:
            wrong = f"{place}: {item['msg']} (got {item['input']!r:.80})"
        messages.append(wrong)
    return messages


def figure(summary: Mapping[str, Any], name: str) -> Any:
    """Value of a dotted figure in a metrics summary; None where the path ends early."""
    value: Any = summary
    for part in name.split("."):
        if not isinstance(value, Mapping) or part not in value:
            return None
        value = value[part]
    return value


def breaches(bounds: Mapping[str, Bound], summary: Mapping[str, Any]) -> list[str]:
    """Figures that are absent, not finite, or above their limit.

    A section that says "counted: false" has no figures; whether it may say so is the gate's matter.
    """
    faults = []
    for name, bound in bounds.items():
        if figure(summary, f"{name.partition('.')[0]}.counted") is False:
            continue
        value = figure(summary, name)
        if isinstance(value, bool) or not isinstance(value, int | float):
            faults.append(f"required key {name}: no number in the summary")
        elif not math.isfinite(value):  # NaN > limit is False: finiteness comes first
            faults.append(f"non-finite {name} = {value}")
        elif not value <= bound.limit:
            faults.append(f"{name} = {value:.6g} exceeds its tolerance {bound.limit:g}")
    return faults


def changes(old: Mapping[str, Bound], new: Mapping[str, Bound]) -> list[str]:
    """Limits that differ between two readings of the file, as ``name: old -> new``."""
    return [
        f"{name}: {_limit(old, name)} -> {_limit(new, name)}"
        for name in sorted(old.keys() | new.keys())
        if _limit(old, name) != _limit(new, name)
    ]


def _limit(bounds: Mapping[str, Bound], name: str) -> str:
    return f"{bounds[name].limit:g}" if name in bounds else "none"

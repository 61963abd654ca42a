"""Lookbacks watched during a part of their life."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from strikeproof import lookback
from tasks.evidence.oracles import lookback as oracle
from tasks.evidence.parity_products import compare, market
from tasks.evidence.parity_products.compare import Contract, Product
from tasks.evidence.thirds import lookback_windows


def _contract(point: Mapping[str, Any]) -> Contract:
    call, floating = point["option_type"] == "call", point["kind"] == "floating_strike"
    own = {"kind": point["kind"], "window_start": 0.0, "window_end": 0.0}
    own["window_end" if floating else "window_start"] = compare.years(
        round(point["window"] * point["days"])
    )
    away = min(point["moneyness"], 1.0 / point["moneyness"])  # of a floating strike's extremum
    own["extremum"] = compare.SPOT * ((away if call else 1.0 / away) if floating else 1.0)
    return market.contract(point) | own


def _ours(columns: dict[str, Any]) -> Mapping[str, Any]:
    return {"price": lookback.price(**columns)}


def _quantlib(contract: Contract) -> Mapping[str, float]:
    return {"price": oracle.price(**contract)}


def _third(contract: Contract, _: str) -> float:
    return lookback_windows.partial_lookback(contract)


PRODUCT = Product(
    name="partial_lookback",
    module=__name__,
    engine="AnalyticContinuousPartialFixedLookbackEngine or ...PartialFloatingLookbackEngine",
    contract=_contract,
    ours=_ours,
    quantlib=_quantlib,
    third=_third,
    third_method="integral over the window's end and extremum",
    slow=True,
)

write = compare.writer(PRODUCT)

"""Calls with a barrier that is watched until, or from, a time within their life."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from strikeproof import partial_barrier
from tasks.evidence.oracles import barrier as oracle
from tasks.evidence.parity_products import compare, market
from tasks.evidence.parity_products.compare import Contract, Product
from tasks.evidence.thirds import windows


def _contract(point: Mapping[str, Any]) -> Contract:
    outward = 1.0 if point["knock"].startswith("up") else -1.0
    own = {"barrier_type": point["knock"], "watched": point["watched"], "option_type": "call"}
    own["barrier"] = compare.SPOT * (1.0 + outward * point["distance"])
    own["window_time"] = compare.years(round(point["window"] * point["days"]))
    return market.contract(point) | own


def _ours(columns: dict[str, Any]) -> Mapping[str, Any]:
    return {"price": partial_barrier.price(**columns)}


def _quantlib(contract: Contract) -> Mapping[str, float]:
    asked = {name: value for name, value in contract.items() if name != "option_type"}
    return {"price": oracle.partial_price(**asked)}


def _third(contract: Contract, _: str) -> float:
    return windows.partial_barrier(contract)


PRODUCT = Product(
    name="partial_barrier",
    module=__name__,
    engine="AnalyticPartialTimeBarrierOptionEngine",
    contract=_contract,
    ours=_ours,
    quantlib=_quantlib,
    third=_third,
    third_method="formula by images integrated over the window's date",
)

write = compare.writer(PRODUCT)

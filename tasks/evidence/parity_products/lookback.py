"""Lookbacks with fixed and floating strike."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from strikeproof import lookback
from tasks.evidence.oracles import lookback as oracle
from tasks.evidence.parity_products import compare, market
from tasks.evidence.parity_products.compare import Contract, Product
from tasks.evidence.thirds import lognormal


def _contract(point: Mapping[str, Any]) -> Contract:
    own = {"kind": point["kind"]}
    call = point["option_type"] == "call"
    upward = (point["kind"] == "fixed_strike") == call
    own["extremum"] = compare.SPOT * (1.0 + point["beyond"] * (1.0 if upward else -1.0))
    return market.contract(point) | own


def _ours(columns: dict[str, Any]) -> Mapping[str, Any]:
    return {"price": lookback.price(**columns)}


def _quantlib(contract: Contract) -> Mapping[str, float]:
    return {"price": oracle.price(**contract)}


def _third(contract: Contract, _: str) -> float:
    return float(lognormal.lookback(contract))


PRODUCT = Product(
    name="lookback",
    module=__name__,
    engine="AnalyticContinuousFixedLookbackEngine or ...FloatingLookbackEngine",
    contract=_contract,
    ours=_ours,
    quantlib=_quantlib,
    third=_third,
    third_method="closed formula, 90 digits",
)

write = compare.writer(PRODUCT)

"""One-touch and no-touch options, at and through the barrier too."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from strikeproof import digital
from tasks.evidence.oracles import digital as oracle
from tasks.evidence.parity_products import compare, market
from tasks.evidence.parity_products.compare import Contract, Product
from tasks.evidence.thirds import lognormal


def _contract(point: Mapping[str, Any]) -> Contract:
    outward = 1.0 if point["side"] == "up" else -1.0
    level = compare.SPOT * (1.0 + outward * point["distance"])
    names = ("touch_type", "side", "payoff", "payment")
    own = {name: point[name] for name in names} | {"barrier": level, "cash": 100.0}
    return market.contract(point) | own


def _ours(columns: dict[str, Any]) -> Mapping[str, Any]:
    return {"price": digital.touch_price(**columns)}


def _quantlib(contract: Contract) -> Mapping[str, float]:
    return {"price": oracle.touch_price(**contract)}


def _third(contract: Contract, _: str) -> float:
    return float(lognormal.touch(contract))


PRODUCT = Product(
    name="touch",
    module=__name__,
    engine="AnalyticDigitalAmericanEngine (no-touch: AnalyticDigitalAmericanKOEngine)",
    contract=_contract,
    ours=_ours,
    quantlib=_quantlib,
    third=_third,
    third_method="closed formula by images, 40 digits",
)

write = compare.writer(PRODUCT)

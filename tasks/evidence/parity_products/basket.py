"""Options on a weighted sum of two assets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from strikeproof import basket
from tasks.evidence.oracles import basket as oracle
from tasks.evidence.parity_products import compare, market
from tasks.evidence.parity_products.compare import Contract, Product
from tasks.evidence.thirds import integrals


def _contract(point: Mapping[str, Any]) -> Contract:
    terms = market.pair(point)
    correlation = terms["correlation"]
    return {
        "option_type": terms["option_type"],
        "spots": [terms["spot1"], terms["spot2"]],
        "weights": [point["weight"], 1.0 - point["weight"]],
        "strike": terms["strike"],
        "time_to_expiry": terms["time_to_expiry"],
        "rate": terms["rate"],
        "volatilities": [terms["volatility1"], terms["volatility2"]],
        "correlations": [[1.0, correlation], [correlation, 1.0]],
        "dividend_yields": [0.0, 0.02],
    }


def _ours(columns: dict[str, Any]) -> Mapping[str, Any]:
    return {"price": basket.price(**columns).price}


def _quantlib(contract: Contract) -> Mapping[str, float]:
    return {"price": oracle.price(**contract)}


def _third(contract: Contract, _: str) -> float:
    return float(integrals.basket(contract))


PRODUCT = Product(
    name="basket",
    module=__name__,
    engine="ChoiBasketEngine, lambda 12",
    contract=_contract,
    ours=_ours,
    quantlib=_quantlib,
    third=_third,
    third_method="integral over the first asset, two rules",
    slow=True,
)

write = compare.writer(PRODUCT)

"""American options with cash dividends that the spot drops by."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from strikeproof import dividends
from tasks.evidence.oracles import dividends as oracle
from tasks.evidence.parity_products import compare, market, trees
from tasks.evidence.parity_products.compare import Contract, Product


def _contract(point: Mapping[str, Any]) -> Contract:
    own: Contract = {"dividend_times": [compare.years(point["days"] * k // 3) for k in (1, 2)]}
    own |= {"dividend_amounts": [point["dividend"]] * 2, "dividend_model": "spot"}
    return market.contract(point) | own | {"exercise": "american"}


def _ours(columns: dict[str, Any]) -> Mapping[str, Any]:
    return {"price": dividends.price(**columns)}


def _quantlib(contract: Contract) -> Mapping[str, float]:
    return {"price": oracle.price(**contract)}


def _third(contract: Contract, _: str) -> float:
    return float(trees.american_dividends(contract))


PRODUCT = Product(
    name="american_dividends",
    module=__name__,
    engine="FdBlackScholesVanillaEngine, TR-BDF2, 400 x 400",
    contract=_contract,
    ours=_ours,
    quantlib=_quantlib,
    third=_third,
    third_method="FdBlackScholesVanillaEngine, TR-BDF2, 1,600 x 1,600",
    slow=True,
)

write = compare.writer(PRODUCT)

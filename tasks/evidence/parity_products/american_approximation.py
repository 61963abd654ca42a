"""American options by the named approximations that both libraries have.

QuantLib's Bjerksund-Stensland is the one-level formula of 1993 and its QD+ integrates a premium:
other approximations than ours of those names, so neither is here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from strikeproof import american_approximation
from tasks.evidence.oracles import american_approximation as oracle
from tasks.evidence.parity_products import compare, market
from tasks.evidence.parity_products.compare import Contract, Product
from tasks.evidence.thirds import quadratic


def _contract(point: Mapping[str, Any]) -> Contract:
    return market.contract(point) | {"method": point["method"]}


def _ours(columns: dict[str, Any]) -> Mapping[str, Any]:
    return {"price": american_approximation.price(**columns)}


def _quantlib(contract: Contract) -> Mapping[str, float]:
    return {"price": oracle.price(**contract)}


def _third(contract: Contract, _: str) -> float:
    return float(quadratic.price(contract))


PRODUCT = Product(
    name="american_approximation",
    module=__name__,
    engine="BaroneAdesiWhaleyApproximationEngine or JuQuadraticApproximationEngine",
    contract=_contract,
    ours=_ours,
    quantlib=_quantlib,
    third=_third,
    third_method="the approximation's own equations, 40 digits",
)

write = compare.writer(PRODUCT)

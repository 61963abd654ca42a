"""Options on a normally distributed forward."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from strikeproof import bachelier
from tasks.evidence.oracles import black as oracle
from tasks.evidence.parity_products import compare, market
from tasks.evidence.parity_products.compare import Contract, Product
from tasks.evidence.thirds import lognormal


def _contract(point: Mapping[str, Any]) -> Contract:
    found = market.contract({**point, "volatility": point["deviation"]})
    found["forward"] = found.pop("spot")
    del found["dividend_yield"]
    return found


def _ours(columns: dict[str, Any]) -> Mapping[str, Any]:
    return {"price": bachelier.price(**columns)}


def _quantlib(contract: Contract) -> Mapping[str, float]:
    return {"price": oracle.bachelier(**contract)}


def _third(contract: Contract, _: str) -> float:
    return float(lognormal.bachelier(contract))


PRODUCT = Product(
    name="bachelier",
    module=__name__,
    engine="bachelierBlackFormula",
    contract=_contract,
    ours=_ours,
    quantlib=_quantlib,
    third=_third,
    third_method="formula, 40 digits",
)

write = compare.writer(PRODUCT)

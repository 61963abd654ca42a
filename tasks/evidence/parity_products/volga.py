"""Second derivative by volatility."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from strikeproof import black_scholes
from tasks.evidence.oracles import black as oracle
from tasks.evidence.parity_products import compare, market
from tasks.evidence.parity_products.compare import Contract, Product
from tasks.evidence.thirds import lognormal


def _ours(columns: dict[str, Any]) -> Mapping[str, Any]:
    return {"volga": black_scholes.greeks(**columns, select=("volga",)).volga}


def _quantlib(contract: Contract) -> Mapping[str, float]:
    return {"volga": oracle.spot_values(**contract)["volga"]}


def _third(contract: Contract, quantity: str) -> float:
    return float(lognormal.european(contract, quantity))


PRODUCT = Product(
    name="volga",
    module=__name__,
    engine="BlackCalculator",
    contract=market.contract,
    ours=_ours,
    quantlib=_quantlib,
    third=_third,
    third_method="second derivative of the formula, 40 digits",
)

write = compare.writer(PRODUCT)

"""European prices and Greeks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from strikeproof import black_scholes
from tasks.evidence.oracles import black as oracle
from tasks.evidence.parity_products import compare, market
from tasks.evidence.parity_products.compare import Contract, Product
from tasks.evidence.thirds import lognormal

_QUANTITIES = (
    "price",
    "delta",
    "gamma",
    "vega",
    "theta",
    "rho",
    "dividend_rho",
    "vanna",
)


def _ours(columns: dict[str, Any]) -> Mapping[str, Any]:
    found = black_scholes.greeks(**columns, select=_QUANTITIES)
    return dict(zip(_QUANTITIES, found, strict=True))


def _quantlib(contract: Contract) -> Mapping[str, float]:
    return oracle.spot_values(**contract)


def _third(contract: Contract, quantity: str) -> float:
    return float(lognormal.european(contract, quantity))


PRODUCT = Product(
    name="european",
    module=__name__,
    engine="BlackCalculator",
    contract=market.contract,
    ours=_ours,
    quantlib=_quantlib,
    third=_third,
    third_method="formula and its derivatives, 40 digits",
)

write = compare.writer(PRODUCT)

"""Raw SVI smiles."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from strikeproof import svi
from tasks.evidence.oracles import svi as oracle
from tasks.evidence.parity_products import compare
from tasks.evidence.parity_products.compare import Contract, Product
from tasks.evidence.thirds import lognormal


def _contract(point: Mapping[str, Any]) -> Contract:
    names = ("log_moneyness", "a", "b", "rho", "m", "sigma")
    return {name: point[name] for name in names} | {"time_to_expiry": compare.years(point["days"])}


def _ours(columns: dict[str, Any]) -> Mapping[str, Any]:
    return {"volatility": svi.implied_volatility(**columns)}


def _quantlib(contract: Contract) -> Mapping[str, float]:
    return {"volatility": oracle.implied_volatility(**contract)}


def _third(contract: Contract, _: str) -> float:
    return float(lognormal.svi(contract))


PRODUCT = Product(
    name="svi",
    module=__name__,
    engine="SviSmileSection",
    contract=_contract,
    ours=_ours,
    quantlib=_quantlib,
    third=_third,
    third_method="formula, 40 digits",
)

write = compare.writer(PRODUCT)

"""Raw SVI smiles by QuantLib."""

import math

import QuantLib as ql  # noqa: N813 - the name in QuantLib's own documents


def implied_volatility(
    *,
    log_moneyness: float,
    time_to_expiry: float,
    a: float,
    b: float,
    rho: float,
    m: float,
    sigma: float,
) -> float:
    """Volatility of SviSmileSection on a forward of 1."""
    section = ql.SviSmileSection(time_to_expiry, 1.0, [a, b, sigma, rho, m])
    return float(section.volatility(math.exp(log_moneyness)))

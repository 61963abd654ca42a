"""Third opinions on early exercise: a tree, extrapolated, and QuantLib's finest grids.

QuantLib's own tree is no judge: between 4,001 and 8,003 steps its American values were seen to move
by 3e-3, where that of `strikeproof.lattice` has settled to 1e-6.
"""

from __future__ import annotations

from strikeproof import american as american_engine
from strikeproof import lattice
from tasks.evidence.oracles import dividends, finite_difference
from tasks.evidence.parity_products.compare import Contract

_STEPS = 4000
_FINE = 1600  # points and time steps: sixteen times as many of each as the oracle's error allows


def american(contract: Contract) -> float:
    """Leisen-Reimer trees of 4,000 and 8,000 steps, extrapolated."""
    return float(lattice.price(**contract, steps=_STEPS))


def american_collocation(contract: Contract) -> float:
    """Value by `strikeproof.american`, which has nothing in common with a tree: to about 1e-9."""
    return float(american_engine.price(**contract, accuracy="high_precision"))


def bermudan(contract: Contract) -> float:
    """Value on a grid of 1,600 by 1,600."""
    return finite_difference.price(**contract, time_steps=_FINE, spot_points=_FINE)


def american_dividends(contract: Contract) -> float:
    """Value with cash dividends on a grid of 1,600 by 1,600."""
    return dividends.price(**contract, time_steps=_FINE, spot_points=_FINE)

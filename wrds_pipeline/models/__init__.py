"""The models of the study, by name, from the plainest to the richest."""

from __future__ import annotations

from collections.abc import Mapping

from wrds_pipeline.models import (
    bates,
    essvi,
    flat_black_scholes,
    heston,
    ssvi,
    svi_slices,
    term_black_scholes,
)
from wrds_pipeline.models.model import Fit, Model, Points, failed

__all__ = ["MODELS", "NAMES", "Fit", "Model", "Points", "fit_all"]

MODELS: Mapping[str, Model] = {
    model.NAME: model
    for model in (
        flat_black_scholes,
        term_black_scholes,
        svi_slices,
        ssvi,
        essvi,
        heston,
        bates,
    )
}
NAMES: tuple[str, ...] = tuple(MODELS)


def fit_all(points: Points) -> dict[str, Fit]:
    """Every model fitted to the same quotes; what cannot be fitted says why in its status.

    No fit knows another date's: dates can be done in any order and by anyone.
    """
    fits = {}
    for name, model in MODELS.items():
        try:
            fits[name] = model.fit(points)
        except ValueError as error:
            fits[name] = failed(name, points, str(error))
    return fits

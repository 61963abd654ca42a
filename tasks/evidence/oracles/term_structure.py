"""Curves of rates by QuantLib, on whole days of 1/365."""

from collections.abc import Sequence

import QuantLib as ql  # noqa: N813 - the name in QuantLib's own documents

from tasks.evidence.oracles import flat_market

_KINDS = {
    "piecewise_constant": ql.ForwardCurve,
    "linear_zero": ql.ZeroCurve,
    "discounts": ql.DiscountCurve,
}


def discounts(
    *, kind: str, times: Sequence[float], values: Sequence[float], at: Sequence[float]
) -> list[float]:
    """Discount factors at the times `at`, up to the last of `times`.

    Parameters
    ----------
    kind : {"piecewise_constant", "linear_zero", "discounts"}
        Kind of a `strikeproof.term_structure.RateCurve` with these times and values: QuantLib's
        ForwardCurve (backward flat), ZeroCurve (linear), DiscountCurve (log-linear).

    Notes
    -----
    QuantLib's curves begin today: there the first rate holds, and the discount factor is 1.
    """
    ql.Settings.instance().evaluationDate = flat_market.TODAY
    dates = [flat_market.TODAY, *(flat_market.expiry(t) for t in times)]
    first = 1.0 if kind == "discounts" else values[0]
    curve = _KINDS[kind](dates, [first, *values], ql.Actual365Fixed())
    return [float(curve.discount(flat_market.expiry(t))) for t in at]

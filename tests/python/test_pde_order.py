"""Observed order of the finite-difference engines: the fit, and what it finds."""

import numpy as np
import pytest

from tasks.evidence import pde_order

pytestmark = pytest.mark.fast


def test_the_fit_finds_an_exact_order():
    order, half_width = pde_order.fitted([3.0 * 0.5 ** (1.7 * k) for k in range(5)])
    assert order == pytest.approx(1.7, abs=1e-12)
    assert half_width < 1e-6


# Against the formula of least squares, by the polynomial of the first degree.
def test_the_interval_is_that_of_least_squares():
    rng = np.random.default_rng(3)
    errors = 2.0 ** (-2.0 * np.arange(6) + rng.normal(0.0, 0.1, 6))
    order, half_width = pde_order.fitted(list(errors))
    fit, covariance = np.polyfit(-np.arange(6.0), np.log2(errors), 1, cov=True)
    assert order == pytest.approx(fit[0], abs=1e-12)
    assert half_width == pytest.approx(2.776 * np.sqrt(covariance[0, 0]), rel=1e-9)


@pytest.mark.parametrize("errors", [[1.0, 0.25], [1.0, 0.25, 0.0], [1.0, np.nan, 0.1]])
def test_what_cannot_be_fitted_is_refused(errors):
    with pytest.raises(ValueError, match="must be"):
        pde_order.fitted(errors)


def test_one_factor_products_are_of_the_second_order():
    products = pde_order.one_factor_products()
    found = pde_order.orders(row for product in products for row in product.rows())
    assert len(found) == len(products) == 20
    for order in found:
        low = (order.product, order.scheme) in pde_order.BELOW_TWO
        assert order.order == pytest.approx(1.5 if low else 2.0, abs=0.06), order
        assert order.half_width < 0.15, order


def test_rows_name_their_grids():
    product = pde_order.one_factor_products()[0]
    rows = product.rows()
    assert [row["points"] for row in rows] == [41, 81, 161, 321, 641]
    assert [row["steps"] for row in rows] == [12, 24, 48, 96, 192]
    assert {row["product"] for row in rows} == {"european"}


# Given the path of the variance the reflection holds: in-out parity of the vanilla at the barrier.
def test_the_reflection_vanishes_at_the_barrier():
    terms = {**pde_order.MODEL, "strike": 103.0, "time_to_expiry": 1.0, "correlation": 0.0}
    terms |= {"rate": 0.03, "dividend_yield": 0.03}
    assert pde_order._reflection({**terms, "spot": 88.0}, 88.0) == pytest.approx(0.0, abs=1e-10)

"""Random and quasi-random numbers beside NumPy, SciPy and QuantLib, and what chance allows."""

import itertools

import numpy as np
import pytest
import QuantLib as ql  # noqa: N813
from scipy import stats

from strikeproof import random

pytestmark = pytest.mark.fast

COUNT = 200_000
# Chance of a test to fail without reason; the numbers are fixed: it fails always or never.
RARE = 1e-4


def philox_words(counter, key):
    """Philox4x32-10 in Python's integers, from the paper."""
    for _ in range(10):
        left, right = 0xD2511F53 * counter[0], 0xCD9E8D57 * counter[2]
        counter = [
            (right >> 32) ^ counter[1] ^ key[0],
            right & 0xFFFFFFFF,
            (left >> 32) ^ counter[3] ^ key[1],
            left & 0xFFFFFFFF,
        ]
        key = [(key[0] + 0x9E3779B9) & 0xFFFFFFFF, (key[1] + 0xBB67AE85) & 0xFFFFFFFF]
    return counter


@pytest.mark.parametrize("path", [0, 7, 8, 15, 16, 12345, 2**34 + 9])
def test_uniforms_are_the_words_of_the_paper(path):
    place = {"seed": 0x0123456789ABCDEF, "step": 77, "dimension": 5, "stream": 9}
    pair = path // 16 * 8 + path % 8
    counter = [pair & 0xFFFFFFFF, pair >> 32, 77, 9 << 16 | 5]
    words = philox_words(counter, [0x89ABCDEF, 0x01234567])
    low, high = words[2:] if path % 16 >= 8 else words[:2]
    expected = (((high << 32 | low) >> 12) + 0.5) / 2**52
    assert random.uniforms(count=1, first=path, **place)[0] == expected


def test_normals_are_the_inverse_of_the_uniforms():
    u = random.uniforms(seed=3, count=COUNT)
    z = random.normals(seed=3, count=COUNT)
    np.testing.assert_allclose(z, stats.norm.ppf(u), rtol=2e-14, atol=1e-15)


def test_uniforms_and_normals_have_their_distribution():
    assert stats.kstest(random.uniforms(seed=1, count=COUNT), "uniform").pvalue > RARE
    z = random.normals(seed=2, count=COUNT)
    assert stats.kstest(z, "norm").pvalue > RARE
    for power, exact in ((1, 0.0), (2, 1.0), (3, 0.0), (4, 3.0), (6, 15.0)):
        sample = z**power
        error = (sample.mean() - exact) / (sample.std() / np.sqrt(COUNT))
        assert abs(error) < stats.norm.isf(RARE / 2), power


@pytest.mark.parametrize(
    "other",
    [{"step": 1}, {"dimension": 1}, {"stream": 1}, {"seed": 12}, {"first": 1}, {"first": 8}],
    ids=str,
)
def test_neighbouring_places_are_independent(other):
    base = {"seed": 11, "count": COUNT}
    a = random.uniforms(**base)
    b = random.uniforms(**{**base, **other})
    table, *_ = np.histogram2d(a, b, bins=16, range=[[0, 1], [0, 1]])
    assert stats.chisquare(table.ravel()).pvalue > RARE
    assert abs(np.corrcoef(a, b)[0, 1]) * np.sqrt(COUNT) < stats.norm.isf(RARE / 2)


def test_consecutive_steps_of_one_path_fill_the_cube():
    paths = 40
    steps = [random.uniforms(seed=5, count=paths, step=k) for k in range(3 * 2000)]
    triples = np.array(steps).reshape(2000, 3, paths).transpose(0, 2, 1).reshape(-1, 3)
    table, _ = np.histogramdd(triples, bins=8, range=[[0, 1]] * 3)
    assert stats.chisquare(table.ravel()).pvalue > RARE


def test_birthday_spacings():
    """Marsaglia's: equal spacings among 2**12 birthdays in 2**32 days are Poisson, mean 4."""
    days, birthdays, rounds = 2**32, 2**12, 200
    found = 0
    for k in range(rounds):
        u = random.uniforms(seed=6, count=birthdays, step=k)
        spacings = np.sort(np.diff(np.sort((u * days).astype(np.int64))))
        found += int(np.count_nonzero(np.diff(spacings) == 0))
    mean = rounds * birthdays**3 / (4 * days)
    assert RARE < stats.poisson.cdf(found, mean) < 1.0 - RARE


def test_low_bits_are_random():
    bits = (random.uniforms(seed=8, count=COUNT) * 2**53).astype(np.int64) >> 1
    for k in range(52):
        ones = int(np.count_nonzero(bits >> k & 1))
        assert stats.binomtest(ones, COUNT).pvalue > RARE / 52, k


def test_sobol_is_scipys_in_every_dimension():
    """SciPy draws the same directions with 32 bits; ours begins at the origin as it does."""
    theirs = stats.qmc.Sobol(random.SOBOL_DIMENSIONS, scramble=False, bits=32).random(256)
    assert np.array_equal(random.Sobol(random.SOBOL_DIMENSIONS).uniforms(256), theirs)


def test_sobol_is_quantlibs():
    dimensions = 40
    theirs = ql.SobolRsg(dimensions, 0, ql.SobolRsg.JoeKuoD6)
    points = np.array([theirs.nextSequence().value() for _ in range(300)])
    ours = random.Sobol(dimensions).uniforms(300, first=1)  # QuantLib leaves the origin out
    np.testing.assert_allclose(ours, points, atol=2.0**-32)


def test_points_depend_on_their_number_only():
    sobol = random.Sobol(5, seed=1, replicate=2)
    whole = sobol.uniforms(1000)
    assert np.array_equal(sobol.uniforms(333, first=17), whole[17:350])
    assert np.array_equal(sobol.normals(333, first=17), sobol.normals(1000)[17:350])


def test_each_scrambled_point_is_uniform():
    """Over scramblings, any one coordinate of any one point, and the digits below the 32nd."""
    points = np.array([random.Sobol(4, seed=2, replicate=k).uniforms(8) for k in range(4000)])
    for point, dimension in itertools.product(range(8), range(4)):
        u = points[:, point, dimension]
        assert stats.kstest(u, "uniform").pvalue > RARE / 32
        assert stats.kstest(np.ldexp(u, 32) % 1.0, "uniform").pvalue > RARE / 32


def test_scramblings_are_independent():
    """Different replicates, seeds and dimensions leave no correlation at a point."""
    a = np.array([random.Sobol(2, seed=2, replicate=k).uniforms(1)[0] for k in range(4000)])
    b = np.array([random.Sobol(2, seed=3, replicate=k).uniforms(1)[0] for k in range(4000)])
    for x, y in ((a[:, 0], a[:, 1]), (a[:, 0], b[:, 0]), (a[:-1, 0], a[1:, 0])):
        table, *_ = np.histogram2d(x, y, bins=8, range=[[0, 1], [0, 1]])
        assert stats.chisquare(table.ravel()).pvalue > RARE


def test_scrambling_lowers_the_variance_of_a_smooth_integrand_as_owen_proved():
    """Variance O(n^-3 log n): from 2**6 to 2**12 points it falls by far more than 64 times."""

    def error(points):
        values = [
            np.prod(1.0 + (random.Sobol(3, seed=4, replicate=k).uniforms(points) - 0.5), axis=1)
            for k in range(50)
        ]
        return np.std(np.mean(values, axis=1))

    assert error(2**6) / error(2**12) > 64.0**1.2


def test_brownian_bridge_has_its_covariance():
    times = np.array([0.25, 0.5, 1.0, 3.0])
    motion = random.brownian_bridge(times=times, normals=np.eye(4))
    np.testing.assert_allclose(motion.T @ motion, np.minimum.outer(times, times), atol=1e-15)


BAD = [
    pytest.param({"seed": -1}, ValueError, "seed is -1: must be within 0 and", id="seed"),
    pytest.param({"seed": 1.5}, TypeError, r"seed is 1.5: must be an integer", id="float"),
    pytest.param({"count": -3}, ValueError, "count is -3", id="count"),
    pytest.param({"dimension": 2**16}, ValueError, "dimension is 65536", id="dimension"),
    pytest.param({"stream": True}, TypeError, "stream is True", id="bool"),
]


@pytest.mark.parametrize(("change", "kind", "words"), BAD)
def test_a_bad_argument_is_named(change, kind, words):
    with pytest.raises(kind, match=words):
        random.normals(**{"seed": 1, "count": 1, **change})


def test_sobol_refuses_what_it_cannot_give():
    with pytest.raises(ValueError, match="dimensions is 2049: must be within 1 and 2048"):
        random.Sobol(2049)
    with pytest.raises(ValueError, match="normals need a scrambled sequence"):
        random.Sobol(3).normals(4)
    with pytest.raises(ValueError, match="count is 2"):
        random.Sobol(1, seed=1).uniforms(2, first=2**32 - 1)


def test_the_bridge_refuses_times_that_do_not_ascend():
    with pytest.raises(ValueError, match="times must be one row of finite numbers that ascend"):
        random.brownian_bridge(times=[1.0, 1.0], normals=np.zeros((1, 2)))
    with pytest.raises(ValueError, match=r"normals have shape \(1, 3\): must be \(paths, 2\)"):
        random.brownian_bridge(times=[1.0, 2.0], normals=np.zeros((1, 3)))

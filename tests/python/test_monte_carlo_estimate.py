"""What an estimate promises: bits, intervals, stopping rules, limits, errors with names."""

import math
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from strikeproof import black_scholes
from strikeproof import monte_carlo as mc
from strikeproof.term_structure import RateCurve, VolatilityCurve
from tests.python import ctrl_c

ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.fast

FLAT = {"spot": 100.0, "rate": 0.03, "dividend_yield": 0.01, "volatility": 0.25}
MODEL = mc.BlackScholes(**FLAT)
CALL = {"option_type": "call", "strike": 95.0, "time_to_expiry": 1.0}
EUROPEAN = mc.European(**CALL)
EXACT = black_scholes.price(**CALL, **FLAT)
MONTHS = np.arange(1, 13) / 12
ASIAN = mc.Asian(option_type="call", strike=95.0, times=MONTHS)
LOOKBACK = mc.Lookback(option_type="put", time_to_expiry=1.0)
JUMPS = mc.Merton(**FLAT, jump_intensity=0.7, jump_mean=-0.1, jump_volatility=0.2)


@pytest.mark.parametrize("method", ["pseudo", "sobol"])
@pytest.mark.parametrize("antithetic", [False, True])
@pytest.mark.parametrize(
    ("payoff", "model"), [(ASIAN, MODEL), (LOOKBACK, MODEL), (ASIAN, JUMPS)], ids=str
)
def test_threads_and_rounds_change_no_bit(payoff, model, method, antithetic):
    how = {"paths": 30_001, "seed": 9, "method": method, "antithetic": antithetic}
    one = mc.price(payoff, model, **how, threads=1)
    for threads in (2, 3, 8):  # more than there are processors, too
        assert mc.price(payoff, model, **how, threads=threads) == one
    # whoever watches gets shorter rounds
    assert mc.price(payoff, model, **how, threads=2, progress=lambda _: None) == one


def test_seeds_differ_and_controls_are_told():
    values = {mc.price(EUROPEAN, MODEL, paths=2048, seed=seed).value for seed in range(20)}
    assert len(values) == 20
    assert mc.price(EUROPEAN, MODEL, control_variate=False).control_coefficients == ()
    # the regression of a call on its spot: delta-like, by pilot paths of the seed alone
    first, second = (mc.price(EUROPEAN, MODEL, paths=n).control_coefficients for n in (2048, 4096))
    assert first == second
    assert 0.5 < first[0] < 1.0


def test_help_lowers_the_error():
    how = {"paths": 16_384, "seed": 2}
    plain = mc.price(ASIAN, MODEL, control_variate=False, **how).standard_error
    mirrored = mc.price(ASIAN, MODEL, control_variate=False, antithetic=True, **how).standard_error
    assert mirrored < 0.8 * plain
    assert mc.price(ASIAN, MODEL, **how).standard_error < 0.05 * plain
    nets = mc.price(ASIAN, MODEL, control_variate=False, method="sobol", **how).standard_error
    assert nets < 0.1 * plain


SETTINGS = [
    {"method": "pseudo", "control_variate": False},
    {"method": "pseudo", "antithetic": True},
    {"method": "sobol", "replicates": 16},
]


@pytest.mark.parametrize("how", SETTINGS, ids=["plain", "control-antithetic", "sobol"])
def test_intervals_cover_as_often_as_they_say(how):
    runs, level = 400, 0.9
    inside = 0
    for seed in range(runs):
        low, high = mc.price(EUROPEAN, MODEL, paths=2048, seed=seed, **how).confidence_interval(
            level
        )
        inside += low < EXACT < high
    fewest, most = stats.binom.ppf([1e-3, 1 - 1e-3], runs, level)
    assert fewest <= inside <= most


@pytest.mark.parametrize("degrees", [1, 2, 3, 15, 31, 1000, 1001, 10**6, math.inf])
@pytest.mark.parametrize("level", [0.5, 0.9, 0.95, 0.999])
def test_interval_widths_are_students_quantiles(degrees, level):
    low, high = mc.Estimate(1.0, 2.0, degrees, 10, "paths").confidence_interval(level)
    exact = stats.t.ppf(0.5 * (1.0 + level), degrees)
    assert (high - 1.0) / 2.0 == pytest.approx(exact, rel=1e-10)
    assert low + high == pytest.approx(2.0)


@pytest.mark.parametrize("method", ["pseudo", "sobol"])
def test_a_target_is_met_and_said_to_be(method):
    how = {"method": method, "paths": 4096, "control_variate": False}
    found = mc.price(EUROPEAN, MODEL, target_error=0.02, **how)
    assert found.stopped == "target"
    assert 4096 <= found.paths < 3_000_000
    assert found.standard_error <= 0.02
    assert abs(found.value - EXACT) < 5.0 * found.standard_error
    # the same number of paths at once is the same estimate
    again = mc.price(EUROPEAN, MODEL, **{**how, "paths": found.paths})
    assert again.value == found.value
    assert again.standard_error == found.standard_error
    assert again.stopped == "paths"


def test_a_relative_target_and_one_that_is_missed():
    found = mc.price(EUROPEAN, MODEL, paths=4096, target_relative_error=1e-3)
    assert found.stopped == "target"
    assert found.standard_error <= 1e-3 * found.value
    short = mc.price(EUROPEAN, MODEL, paths=4096, target_error=1e-6, maximum_paths=100_000)
    assert short.stopped == "maximum"
    assert 99_900 < short.paths <= 100_000
    net = mc.price(
        EUROPEAN, MODEL, paths=4096, target_error=1e-9, maximum_paths=100_000, method="sobol"
    )
    assert (net.stopped, net.paths) == ("maximum", 65_536)
    assert short.standard_error > 1e-6


def test_intervals_after_a_stopping_rule_still_cover():
    runs, level = 300, 0.9
    inside = 0
    for seed in range(runs):
        found = mc.price(EUROPEAN, MODEL, paths=1024, seed=seed, target_error=0.1)
        low, high = found.confidence_interval(level)
        inside += low < EXACT < high
    # asymptotically right: a little less than the level is allowed
    assert inside >= stats.binom.ppf(1e-3, runs, level - 0.02)


def test_progress_is_told_between_rounds_and_may_stop_the_run():
    seen = []
    found = mc.price(EUROPEAN, MODEL, paths=300_000, progress=seen.append)
    assert [one.paths for one in seen] == [65_536, 131_072, 196_608, 262_144, 300_000]
    assert seen[-1].value == found.value
    assert all(isinstance(one, mc.Estimate) for one in seen)

    class Enough(Exception):
        pass

    def stop(estimate):
        seen.append(estimate)
        raise Enough

    seen.clear()
    with pytest.raises(Enough):
        mc.price(EUROPEAN, MODEL, paths=10**9, progress=stop)
    assert len(seen) == 1


INTERRUPTED = """
import numpy as np
from strikeproof import monte_carlo as mc
model = mc.BlackScholes(spot=100.0, volatility=0.2)
asian = mc.Asian(option_type="call", strike=100.0, times=np.arange(1, 1001) / 1000)
print("ready", flush=True)
try:
    mc.price(asian, model, paths=10**9, threads=2)
    print("ran to the end")
except KeyboardInterrupt:
    print("interrupted")
"""


def test_a_long_run_answers_ctrl_c():
    assert ctrl_c.interrupted(INTERRUPTED) == "interrupted\n"


PEAK = """
from strikeproof import monte_carlo as mc
from tests.python.peak_memory import peak_kib
model = mc.BlackScholes(spot=100.0, volatility=0.2)
option = mc.European(option_type="call", strike=100.0, time_to_expiry=1.0)
peaks = []
for method in ("pseudo", "sobol"):
    for paths in (600_000, 12_000_000):
        mc.price(option, model, paths=paths, threads=2, method=method)
        peaks.append(peak_kib())
print(peaks[1] - peaks[0], peaks[3] - peaks[2])
"""


def test_memory_does_not_grow_with_the_paths():
    done = subprocess.run(
        [sys.executable, "-c", PEAK], cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True
    )
    # kilobytes; a number a path would be 90,000
    assert all(int(growth) < 8_000 for growth in done.stdout.split())


FORWARD = 100.0 * math.exp(0.02)
STILL = mc.BlackScholes(spot=100.0, rate=0.03, dividend_yield=0.01, volatility=0.0)
# payoff, value without any volatility
CERTAIN = [
    (EUROPEAN, math.exp(-0.03) * (FORWARD - 95.0)),
    (mc.European(**{**CALL, "option_type": "put"}), 0.0),
    (
        mc.Asian(option_type="call", strike=0.0, times=[0.5, 1.0]),
        math.exp(-0.03) * 50.0 * (math.exp(0.01) + math.exp(0.02)),
    ),
    (
        mc.Barrier(barrier_type="up_out", barrier=103.0, **CALL),
        math.exp(-0.03) * (FORWARD - 95.0),
    ),
    (mc.Barrier(barrier_type="up_out", barrier=101.0, rebate=2.0, **CALL), 2.0 * math.exp(-0.03)),
    (mc.Lookback(option_type="call", time_to_expiry=1.0), math.exp(-0.03) * (FORWARD - 100.0)),
    (
        mc.Cliquet(times=[1.0, 2.0], local_cap=0.01, notional=100.0),
        math.exp(-0.06) * 2.0,
    ),
]


@pytest.mark.parametrize("method", ["pseudo", "sobol"])
@pytest.mark.parametrize(("payoff", "value"), CERTAIN)
def test_without_volatility_the_value_is_certain(payoff, value, method):
    found = mc.price(payoff, STILL, paths=2048, method=method)
    assert found.value == pytest.approx(value, rel=1e-12, abs=1e-12)
    assert found.standard_error < 1e-12


def test_at_expiry_the_value_is_the_payoff():
    for payoff, value in (
        (mc.European(option_type="call", strike=95.0, time_to_expiry=0.0), 5.0),
        (mc.European(option_type="put", strike=101.0, time_to_expiry=0.0, payoff="cash"), 1.0),
        (mc.Barrier(option_type="put", strike=110.0, barrier_type="down_out", barrier=90.0,
                    time_to_expiry=0.0), 10.0),
        (mc.Lookback(option_type="put", time_to_expiry=0.0, extremum=120.0), 20.0),
    ):  # fmt: skip
        for method in ("pseudo", "sobol"):
            found = mc.price(payoff, MODEL, paths=256, method=method)
            assert found.value == pytest.approx(value, rel=1e-12)


def test_a_spot_beyond_the_barrier_has_reached_it_only_if_it_is_watched_now():
    terms = {"barrier_type": "down_out", "barrier": 105.0, **CALL}
    assert mc.price(mc.Barrier(**terms), MODEL, paths=1024).value == pytest.approx(0.0, abs=1e-12)
    assert mc.price(mc.Barrier(**terms, watched=[0.5, 1.0]), MODEL, paths=1024).value > 1.0


def test_curves_that_are_flat_are_numbers():
    curved = mc.BlackScholes(
        spot=100.0,
        rate=RateCurve.flat(0.03),
        dividend_yield=RateCurve.flat(0.01),
        volatility=VolatilityCurve.flat(0.25),
    )
    assert mc.price(ASIAN, curved, paths=2048) == mc.price(ASIAN, MODEL, paths=2048)


def test_overflow_is_an_error_and_not_a_number():
    wild = mc.BlackScholes(spot=100.0, volatility=0.2, rate=800.0)
    with pytest.raises(ValueError, match="leave the range of a double"):
        mc.price(EUROPEAN, wild, paths=10_000, target_error=0.1)


FAULTS = [
    (lambda: mc.European(option_type="cal", strike=1.0, time_to_expiry=1.0), "option_type"),
    (lambda: mc.European(option_type="call", strike=-1.0, time_to_expiry=1.0), "strike is -1.0"),
    (lambda: mc.European(**CALL, payoff="gap"), "payoff is 'gap'"),
    (lambda: mc.Asian(option_type="call", times=[0.5, 0.5]), "times is 0.5 at index 1"),
    (lambda: mc.Asian(option_type="call", times=[]), "times is empty"),
    (lambda: mc.Asian(option_type="call", times=[1.0], weights=[0.4]), "weights add up to 0.4"),
    (lambda: mc.Asian(option_type="call", times=[1.0], weights=[0.5, 0.5]), "weights holds 2"),
    (lambda: mc.Asian(option_type="call", times=[1.0], time_to_expiry=0.9), "time_to_expiry"),
    (lambda: mc.Barrier(**CALL, barrier_type="out", barrier=1.0), "barrier_type is 'out'"),
    (lambda: mc.Barrier(**CALL, barrier_type="up_in", barrier=0.0), "barrier is 0.0"),
    (lambda: mc.Barrier(**CALL, barrier_type="up_in", barrier=9.0, watched=[2.0]), "watched is 2"),
    (lambda: mc.Barrier(**CALL, barrier_type="up_in", barrier=9.0, watched="daily"), "watched is"),
    (lambda: mc.Lookback(**CALL, kind="other"), "kind is 'other'"),
    (lambda: mc.Lookback(**CALL, extremum=0.0), "extremum is 0.0"),
    (lambda: mc.Basket(**CALL, weights=[]), "weights holds 0"),
    (lambda: mc.Rainbow(**CALL, extreme="best"), "extreme is 'best'"),
    (lambda: mc.Cliquet(times=[1.0], local_floor=0.2, local_cap=0.1), "local_floor is 0.2"),
    (
        lambda: mc.Autocallable(
            times=[1.0], triggers=[1.0, 1.0], coupons=[0.1], references=100.0, protection=0.5
        ),
        "triggers holds 2",
    ),
    (lambda: mc.BlackScholes(spot=0.0, volatility=0.2), "spot is 0.0"),
    (lambda: mc.BlackScholes(spot=1.0, volatility=-0.2), "volatility is -0.2"),
    (lambda: mc.BlackScholes(spot=1.0, volatility=0.2, rate=math.nan), "rate is nan"),
    (lambda: mc.BlackScholes(spot=[1.0, 1.0], volatility=0.2), "correlation is None"),
    (
        lambda: mc.BlackScholes(spot=[1.0, 1.0], volatility=0.2, correlation=[[1, 0.5], [0.4, 1]]),
        "symmetric",
    ),
    (
        lambda: mc.Merton(**FLAT, jump_intensity=-1.0, jump_mean=0.0, jump_volatility=0.1),
        "jump_int",
    ),
    (lambda: mc.price(EUROPEAN, MODEL, paths=1), "paths is 1"),
    (lambda: mc.price(EUROPEAN, MODEL, method="halton"), "method is 'halton'"),
    (lambda: mc.price(EUROPEAN, MODEL, seed=-1), "seed is -1"),
    (lambda: mc.price(EUROPEAN, MODEL, replicates=1), "replicates is 1"),
    (lambda: mc.price(EUROPEAN, MODEL, target_error=-1.0), "target_error is -1.0"),
    (lambda: mc.price(EUROPEAN, MODEL, target_error=1.0, maximum_paths=10), "maximum_paths is 10"),
    (lambda: mc.price(LOOKBACK, JUMPS), "without jumps"),
    (lambda: mc.price(mc.Rainbow(**CALL, extreme="maximum"), MODEL), "2 assets and model has 1"),
    (
        lambda: mc.price(
            mc.Asian(option_type="call", times=np.arange(1, 2050)), MODEL, method="sobol"
        ),
        "takes 2049 numbers",
    ),
    (lambda: mc.price(EUROPEAN, MODEL).confidence_interval(1.0), "level is 1.0"),
]


@pytest.mark.parametrize(("fault", "words"), FAULTS)
def test_errors_name_argument_value_and_rule(fault, words):
    with pytest.raises(ValueError, match=words):
        fault()


def test_correlations_that_no_assets_can_have():
    impossible = [[1.0, 0.9, -0.9], [0.9, 1.0, 0.9], [-0.9, 0.9, 1.0]]
    model = mc.BlackScholes(spot=[1.0, 1.0, 1.0], volatility=0.2, correlation=impossible)
    worst = mc.Rainbow(**CALL, extreme="minimum", number_of_assets=3)
    with pytest.raises(ValueError, match="positive semidefinite"):
        mc.price(worst, model)


@pytest.mark.parametrize(
    "fault",
    [
        lambda: mc.price("asian", MODEL),
        lambda: mc.price(EUROPEAN, "model"),
        lambda: mc.price(EUROPEAN, MODEL, progress=3),
        lambda: mc.price(EUROPEAN, MODEL, antithetic=1),
        lambda: mc.BlackScholes(spot=1.0, volatility=RateCurve.flat(0.2)),
    ],
)
def test_the_wrong_kind_of_argument_is_a_type_error(fault):
    with pytest.raises(TypeError):
        fault()

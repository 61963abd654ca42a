"""Makes comparison_reference.json with `arch` 8.0 and `statsmodels`, which we do not use.

    python -m venv refs && refs/bin/pip install arch==8.0.0
    refs/bin/python tests/data/make_comparison_reference.py

Block lengths are `arch.bootstrap.optimal_block_length`; the confidence sets `arch.bootstrap.MCS` by
the range statistic, with the very resampled rows that arch drew, so that p-values must agree
exactly; variances of the mean are statsmodels' HAC ones with Bartlett's kernel.
"""

import json
from pathlib import Path

import numpy as np
import statsmodels.api as sm
from arch.bootstrap import MCS, optimal_block_length


def autoregressive(generator, count, persistence):
    shocks = generator.standard_normal(count)
    series = [shocks[0]]
    for shock in shocks[1:]:
        series.append(persistence * series[-1] + shock)
    return np.round(np.array(series), 6)


def main():
    generator = np.random.default_rng(20040801)
    blocks = []
    for count, persistence in (
        (30, 0.0),
        (60, 0.5),
        (120, 0.3),
        (250, 0.7),
        (250, -0.4),
        (400, 0.9),
    ):
        series = autoregressive(generator, count, persistence)
        found = float(optimal_block_length(series)["stationary"].iloc[0])
        blocks.append({"series": series.tolist(), "block_length": found})
    means = []
    for count, lags in ((9, 0), (9, 2), (60, 3), (250, 4)):
        series = autoregressive(generator, count, 0.4) + 0.2
        kwds = {"maxlags": lags, "use_correction": False}
        fit = sm.OLS(series, np.ones(count)).fit(cov_type="HAC", cov_kwds=kwds)
        means.append({"series": series.tolist(), "lags": lags, "t": float(fit.tvalues[0])})
    sets = []
    for count, shifts in ((40, (0.0, 0.1, 0.4, 0.9)), (30, (0.0, 0.02, 0.04))):
        common = autoregressive(generator, count, 0.5)
        noise = generator.standard_normal((count, len(shifts)))
        losses = np.round(common[:, None] + 0.5 * noise + np.array(shifts), 4)
        mcs = MCS(losses, size=0.1, reps=120, block_size=4, method="R", seed=7)
        mcs.compute()
        p = mcs.pvalues["Pvalue"]
        sets.append(
            {
                "losses": losses.tolist(),
                "indices": np.array(mcs._bootstrap_indices).tolist(),
                "p_values": [float(p.loc[i]) for i in range(len(shifts))],
            }
        )
    document = {"block_length": blocks, "hac_mean": means, "confidence_set": sets}
    path = Path(__file__).with_name("comparison_reference.json")
    path.write_text(json.dumps(document, separators=(",", ":")) + "\n")


main()

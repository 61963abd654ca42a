"""The comparison with other packages: domains, arithmetic, table, report; without the peers."""

import copy
import math
import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import polars as pl
import pytest

from strikeproof import black_scholes
from tasks.evidence import (
    catalog,
    gate,
    optional_tables,
    schemas,
    tables,
)
from tasks.evidence.faults import EvidenceFault
from tasks.evidence.peers import (
    adapters,
    environment,
    measure,
    plan,
    product_adapters,
    product_quotes,
    product_truth,
    report,
    truth,
)
from tasks.evidence.peers import quotes as quote_sets
from tasks.evidence.repository import ROOT

pytestmark = pytest.mark.fast

# The known functions of the packages that have no batch of all Greeks, or are not run.
ABSENT = {
    ("fast-vollib jackel", "price"),
    ("fast-vollib jackel", "greeks"),
    ("fast-vollib jackel", "scalar_price"),
    ("lbriv", "greeks"),
    ("iv-engine", "greeks"),
    ("py-lets-be-rational", "greeks"),
    *(("lets-be-precise", work) for work in adapters.WORKS),
}


def nothing(_done, _total):
    """Progress that nobody follows."""


# --- quotes and exact answers ---------------------------------------------------------------------


def small(name, rows=200):
    domain = quote_sets.DOMAINS[name]
    rows = min(rows, domain.rows)
    smaller = quote_sets.Domain(domain.draw, rows, domain.seed, domain.recoverable)
    return quote_sets.make(smaller)


def deviations_out(quotes):
    """Standard deviations out of the money, negative in it."""
    carry = (quotes["rate"] - quotes["dividend_yield"]) * quotes["time_to_expiry"]
    away = np.log(quotes["strike"] / quotes["spot"]) - carry
    root = np.sqrt(quotes["time_to_expiry"])
    return quotes["option_type"] * away / (quotes["volatility"] * root)


# set -> least and most standard deviations out of the money
SIDES = [
    pytest.param("tail", 20.0, 37.5, id="tail"),
    pytest.param("out_of_the_money", 4.0, 35.0, id="out"),
    pytest.param("in_the_money", -8.0, -1.0, id="in"),
]


@pytest.mark.parametrize(("name", "least", "most"), SIDES)
def test_hard_sets_lie_in_their_domain(name, least, most):
    quotes = small(name)
    found = deviations_out(quotes)
    assert found.min() >= least - 1e-9
    assert found.max() <= most + 1e-9
    assert quotes["price"].min() >= quote_sets.LEAST_PRICE
    assert set(quotes["option_type"]) == {1.0, -1.0}


def test_a_set_is_the_same_twice_and_a_domain_without_quotes_is_refused():
    first, second = small("random"), small("random")
    assert all(np.array_equal(first[name], second[name]) for name in plan.COLUMNS)
    hopeless = quote_sets.Domain(quote_sets._away(1.0, 60.0, 70.0), 10, 1, False)
    with pytest.raises(ValueError, match="only 0 of 10 quotes fit"):
        quote_sets.make(hopeless)


@pytest.mark.parametrize("name", ["random", "out_of_the_money", "in_the_money"])
def test_the_exact_volatility_gives_the_price_that_it_was_found_from(name):
    """The double nearest to the root reprices within what its own rounding moves the price."""
    quotes = small(name, 20)
    ((volatility,), _) = truth.answers("implied_volatility", quotes, 20)
    given = {k: quotes[k] for k in plan.COLUMNS if k not in ("price", "volatility")}
    again = black_scholes.greeks(**given, volatility=volatility)
    slack = 2.0**-52 * (again.vega * volatility + 8.0 * again.price)
    assert np.all(np.abs(again.price - quotes["price"]) <= slack)


def test_exact_greeks_are_derivatives_of_the_exact_price():
    quotes = small("random", 5)
    (price, *greeks), _ = truth.answers("greeks", quotes, 5)
    shifts = ("spot", None, "volatility", "time_to_expiry", "rate")
    for values, name in zip(greeks, shifts, strict=True):
        if name is None:
            continue
        step = 1e-5 * quotes[name]
        up, down = ({**quotes, name: quotes[name] + s} for s in (step, -step))
        ((above,), _), ((below,), _) = (truth.answers("price", q, 5) for q in (up, down))
        slope = (above - below) / (2.0 * step) * (-1.0 if name == "time_to_expiry" else 1.0)
        assert values == pytest.approx(slope, rel=1e-5, abs=1e-8 * price.max())


# --- adapters that need no peer -------------------------------------------------------------------


def test_every_package_and_work_has_an_adapter_or_a_reason():
    packages = adapters.packages(1)
    assert tuple(packages) == plan.PACKAGES
    found = {
        (name, work)
        for name, package in packages.items()
        for work in adapters.WORKS
        if isinstance(package.works[work], str)
    }
    assert found == ABSENT


@pytest.mark.parametrize("name", ["strikeproof", "QuantLib"])
@pytest.mark.parametrize("work", ["price", "greeks", "implied_volatility"])
def test_an_adapter_answers_the_question(name, work):
    quotes = small("random", 50)
    outputs, sizes = truth.answers(work, quotes, 50)
    call = adapters.packages(1)[name].works[work](quotes, 50)
    found = call.finish(call.run())
    assert (call.rows, len(found)) == (50, len(outputs))
    common = quotes["price"] > 1e-3  # QuantLib has no digits in the tail
    for values, exact, size in zip(found, outputs, sizes, strict=True):
        assert np.max(np.abs(values - exact)[common] / size[common]) < 1e-7


def test_calls_and_puts_that_were_parted_come_back_in_their_rows(monkeypatch):
    """iv-engine's adapter with a stand-in that is told one side a call."""
    quotes = small("random", 50)
    sides = []

    def prices(*columns):
        sides.append(columns[-1])
        return np.where(columns[-1], 1.0, -1.0) * columns[1]

    package = SimpleNamespace(black_scholes_prices=prices)
    monkeypatch.setattr(adapters, "_load", lambda _name: package)
    call = adapters.packages(1)["iv-engine"].works["price"](quotes, 50)
    (found,) = call.finish(call.run())
    assert np.array_equal(found, quotes["option_type"] * quotes["strike"])
    assert sides == [True, False]


# --- products -------------------------------------------------------------------------------------

# work -> relative difference from the truth that its method may have
CLOSE = {
    "american": 1e-5,  # the truth's trees
    "barrier": 1e-11,
    "asian": 1e-5,  # QuantLib's rule
    "heston": 1e-7,
    "monte_carlo": 1e-2,  # about five standard errors
    "calibration": 1e-3,
}


def product(work, rows=200):
    return product_quotes.make(dict(plan.QUESTIONS)[work], rows)


def test_every_product_has_the_adapters_that_the_plan_asks_for():
    packages = product_adapters.packages(1)
    found = {(work, name) for name, package in packages.items() for work in package.works}
    assert found == {(work, name) for work, names in plan.PRODUCTS.items() for name in names}


@pytest.mark.parametrize("name", ["strikeproof", "QuantLib"])
@pytest.mark.parametrize("work", list(plan.PRODUCTS))
def test_a_product_s_adapter_agrees_with_its_truth(work, name):
    quotes = product(work)
    checked = min(4, len(quotes["spot"]))
    outputs, sizes = product_truth.answers(work, quotes, checked)
    call = product_adapters.packages(1)[name].works[work](quotes, len(quotes["spot"]))
    found = call.finish(call.run())
    assert len(found) == len(outputs)
    for values, exact, size in zip(found, outputs, sizes, strict=True):
        assert np.all(np.abs(values[:checked] - exact) <= CLOSE[work] * size)


def test_numpy_simulates_and_calibrates():
    for work in ("monte_carlo", "calibration"):
        quotes = product(work)
        outputs, sizes = product_truth.answers(work, quotes, 1)
        call = product_adapters.packages(1)["NumPy/SciPy"].works[work](quotes, 1)
        for values, exact, size in zip(call.finish(call.run()), outputs, sizes, strict=True):
            assert np.all(np.abs(values - exact) <= plan.failure(work) * size)


def test_pyfeng_gets_each_expiry_once_and_its_answers_come_back_in_their_rows(monkeypatch):
    times = []

    class Model:
        def __init__(self, *_terms, **_more):
            pass

        def price(self, strike, _spot, time):
            times.append(time)
            return strike * time

    stand_in = SimpleNamespace(HestonFft=Model)
    monkeypatch.setattr(product_adapters, "_load", lambda _name: stand_in)
    quotes = product("heston")
    call = product_adapters.packages(1)["pyfeng"].works["heston"](quotes, 200)
    (found,) = call.finish(call.run())
    assert np.array_equal(found, quotes["strike"] * quotes["time_to_expiry"])
    assert times == sorted(set(quotes["time_to_expiry"]))


def test_the_american_truth_is_the_european_value_where_exercise_never_pays():
    """A call without dividends; the put with a rate is worth more than the European one."""
    quotes = product("american", 4) | {"dividend_yield": np.zeros(4), "price": np.ones(4)}
    for sign in (1.0, -1.0):
        quotes["option_type"] = np.full(4, sign)
        ((early,), _), ((european,), _) = (
            truth_of.answers(work, quotes, 4)
            for truth_of, work in ((product_truth, "american"), (truth, "price"))
        )
        if sign > 0.0:
            assert early == pytest.approx(european, rel=1e-6)
        else:
            assert np.all(early > 1.001 * european)


# --- the arithmetic of errors and failures --------------------------------------------------------


def test_failures_and_errors_are_counted_against_the_truth():
    values = np.array([[1.0, 2.0 + 2e-6, math.nan, 4.1]])
    exact = np.array([[1.0, 2.0, 3.0]])
    found = measure.accuracy(values, exact, exact, None)
    assert (found["failures"], found["judged_rows"], found["checked_rows"]) == (1, 3, 3)
    assert found["max_relative_error"] == pytest.approx(1e-6)
    assert found["median_relative_error"] == pytest.approx(0.5e-6)
    known = measure.accuracy(values, exact, exact, np.array([1.0, 2.0, 3.0, 4.0, 5.0]))
    assert (known["failures"], known["judged_rows"]) == (2, 4)


def test_an_answer_that_is_never_finite_has_no_error_and_fails_everywhere():
    found = measure.accuracy(np.full((1, 3), math.inf), np.ones((1, 3)), np.ones((1, 3)), None)
    assert (found["failures"], found["max_relative_error"]) == (3, None)


# --- measuring, with stand-ins for the processes --------------------------------------------------


class Stub:
    """Answers as a runner would: every package takes a nanosecond times its number."""

    def __init__(self, folder, threads):
        self.folder, self.threads, self.asked = folder, threads, []

    def __call__(self, **command):
        if command["do"] == "version":
            return {"version": "1.0"}
        exact = np.abs(np.load(self.folder / f"{command['set']}.npy")[-2:])  # volatility, price
        values = exact[:1] if command["work"] == "implied_volatility" else exact[1:]
        if command["do"] == "truth":
            np.save(self.folder / "truth.npy", np.stack([values, np.abs(values)]))
            return {"rows": values.shape[1]}
        if command["package"] == "lets-be-precise":
            return {"absent": "not run"}
        if self.threads > 1 and command["package"] == "QuantLib":
            return {"absent": "one thread only"}
        if command["do"] == "values":
            np.save(self.folder / "values.npy", values)
            return {"rows": values.shape[1]}
        self.asked.append((command["work"], command["set"], command["package"]))
        rows = values.shape[1]
        number = 1 + plan.EVERYONE.index(command["package"])
        return {"seconds": 1e-9 * rows * number / self.threads, "rows": rows}


@pytest.fixture(scope="module")
def measured(tmp_path_factory):
    folder = tmp_path_factory.mktemp("peers")
    for name in quote_sets.DOMAINS:
        quote_sets.save(small(name, 20), folder, name)
    for name in product_quotes.SETS:
        quote_sets.save(product_quotes.make(name, 20), folder, name)
    asked = {threads: Stub(folder, threads) for threads in plan.THREADS}
    return measure.measure(asked, folder, nothing, rounds=3), asked


def test_each_round_asks_everything_once_in_another_order(measured):
    _, asked = measured
    each = asked[1].asked
    size = len(each) // 3
    first, second, third = (each[k * size : (k + 1) * size] for k in range(3))
    assert set(first) == set(second) == set(third)
    assert len(set(first)) == size == 7 * 10 + sum(map(len, plan.PRODUCTS.values()))
    assert first != second


def test_the_table_holds_medians_and_reasons(measured):
    frame, _ = measured
    rows = {(r["work"], r["package"], r["threads"]): r for r in frame.iter_rows(named=True)}
    ours = rows["price", "strikeproof", 1]
    assert ours["ns_per_option"] == pytest.approx(1.0)
    assert (ours["rounds"], ours["failures"], ours["max_relative_error"]) == (3, 0, 0.0)
    assert rows["price", "NumPy/SciPy", 2]["ns_per_option"] == pytest.approx(1.0)
    assert rows["price", "QuantLib", 2]["note"] == "one thread only"
    assert rows["price", "lets-be-precise", 1]["ns_per_option"] is None
    assert ("scalar_price", "strikeproof", 2) not in rows
    assert ("calibration", "strikeproof", 2) not in rows
    assert rows["heston", "pyfeng", 1]["ns_per_option"] == pytest.approx(12.0)
    assert ("american", "pyfeng", 1) not in rows


@pytest.fixture
def table(measured, tmp_path):
    path = tmp_path / "peers.csv"
    tables.write_table(measured[0], path, optional_tables.PeersTable)
    return path


def test_a_written_table_reads_back_with_its_empty_cells(measured, table):
    assert schemas.read("peers_table", table).equals(measured[0])


BROKEN = [
    pytest.param(
        {"note": "but why"}, "measured or a note: not so at row 1", id="measured-and-noted"
    ),
    pytest.param({"rows": None}, "measured or a note: not so at row 1", id="half-measured"),
    pytest.param({"failures": 21}, "failures are rows: not so at row 1", id="too-many-failures"),
    pytest.param(
        {"median_relative_error": 1.0}, "errors go together: not so at row 1", id="median-above"
    ),
    pytest.param({"ns_per_option": 0.0}, "ns_per_option at row 1 is 0.0", id="no-time"),
    pytest.param({"spread": math.nan}, "non-finite spread at row 1", id="nan"),
]


@pytest.mark.parametrize(("change", "message"), BROKEN)
def test_a_row_that_says_too_much_or_too_little_is_refused(measured, tmp_path, change, message):
    records = copy.deepcopy(measured[0].to_dicts())
    records[0] |= change
    frame = pl.DataFrame(records, schema=measured[0].schema)
    with pytest.raises(EvidenceFault) as caught:
        tables.write_table(frame, tmp_path / "peers.csv", optional_tables.PeersTable)
    assert any(message in fault for fault in caught.value.faults), caught.value.faults


# --- report and picture ---------------------------------------------------------------------------


def test_ratios_are_against_the_fastest_and_the_fastest_without_failures(measured):
    failing = pl.when(pl.col("package") == "NumPy/SciPy").then(pl.col("rows")).otherwise(0)
    frame = measured[0].with_columns(
        failures=pl.when(pl.col("note").is_null()).then(failing).otherwise(None)
    )
    line = report.headlines(frame)[0]
    assert (line["fastest"], line["fastest_ratio"]) == ("NumPy/SciPy", pytest.approx(2.0))
    assert (line["sound"], line["sound_ratio"]) == ("QuantLib", pytest.approx(3.0))


def test_the_report_names_every_question_package_and_reason(measured):
    text = report.render(measured[0])
    assert all(f"## {title}\n" in text for title in plan.titles().values())
    assert all(f"| {p} |" in text for p in plan.EVERYONE if p != "lets-be-precise")
    assert "* lets-be-precise: not run\n" in text
    assert "* QuantLib (2 threads): one thread only\n" in text
    assert set(plan.titles()) == set(plan.QUESTIONS)


def test_report_and_picture_are_the_same_bytes_twice(measured, tmp_path):
    table = tmp_path / "peers.csv"  # of one question: a picture of all takes seconds
    tables.write_table(measured[0].filter(work="greeks"), table, optional_tables.PeersTable)
    common = {"inputs": {"table": table}, "config": {}, "progress": nothing}
    pages = []
    for name in ("one", "two"):
        text, picture = tmp_path / f"{name}.md", tmp_path / f"{name}.png"
        report.write_peers_text(text, **common)
        report.write_peers_plot(picture, **common)
        schemas.read("png", picture)
        pages.append((text.read_bytes(), picture.read_bytes()))
    assert pages[0] == pages[1]


# --- the processes, the environment, the gate -----------------------------------------------------


def test_a_runner_times_answers_and_says_what_is_absent(tmp_path):
    """The real runner in this environment, where of all packages only some are installed."""
    quote_sets.save(small("random", 30), tmp_path, "random")
    with environment.Asked(sys.executable, tmp_path, 1) as asked:
        question = {"work": "price", "set": "random"}
        answer = asked(do="time", package="strikeproof", **question)
        assert answer["rows"] == 30
        assert answer["seconds"] > 0.0
        assert asked(do="truth", rows=10, **question) == {"rows": 10}
        assert asked(do="values", package="QuantLib", **question) == {"rows": 30}
        assert np.load(tmp_path / "values.npy").shape == (1, 30)
        assert np.load(tmp_path / "truth.npy").shape == (2, 1, 10)
        assert "agreement" in asked(do="time", package="lets-be-precise", **question)["absent"]
        missing = asked(do="time", package="pyvolr", **question)["absent"]
        assert missing.startswith("fails: ModuleNotFoundError")
        assert asked(do="version", package="pyvolr") == {"version": "absent"}


def test_a_process_that_ends_early_is_refused(tmp_path):
    with (
        environment.Asked(sys.executable, tmp_path, 1) as asked,
        pytest.raises(ValueError, match="the peers' process ended at"),
    ):
        asked(do="time", package="strikeproof", work="price", set="no such set")


def test_an_environment_is_kept_while_its_requirements_are_the_same(tmp_path, monkeypatch):
    requirements = tmp_path / "requirements.txt"
    requirements.write_text("a==1\n")
    commands = []

    def run(command, **_kwargs):
        commands.append(command)
        if command[1:3] == ["-m", "venv"]:
            (tmp_path / "venv" / "bin").mkdir(parents=True)
            (tmp_path / "venv" / "bin" / "python").touch()
        return subprocess.CompletedProcess(command, 0, "", "")

    monkeypatch.setattr(environment.subprocess, "run", run)
    for _ in range(2):
        environment.ensure(requirements, tmp_path / "venv")
    assert len(commands) == 2
    assert "--require-hashes" in commands[1]
    requirements.write_text("a==2\n")
    environment.ensure(requirements, tmp_path / "venv")
    assert len(commands) == 4


def test_an_environment_that_cannot_be_made_says_why(tmp_path):
    requirements = tmp_path / "requirements.txt"
    requirements.write_text("a==1 # without a hash\n")
    with pytest.raises(ValueError, match="cannot be made"):
        environment._run([sys.executable, "-c", "raise SystemExit('no network')"])
    with pytest.raises(ValueError, match="no network"):
        environment._run([sys.executable, "-c", "raise SystemExit('no network')"])


def test_pins_are_exact_hashed_and_cover_what_is_asked_for():
    folder = ROOT / "tasks" / "evidence" / "peers"
    pins = (folder / "requirements.txt").read_text().replace(" \\\n", " ")
    lines = [line for line in pins.splitlines() if line and not line.lstrip().startswith("#")]
    assert all("==" in line and "--hash=sha256:" in line for line in lines)
    assert "://" not in pins
    pinned = {line.partition("==")[0] for line in lines}
    asked = (folder / "requirements.in").read_text().splitlines()
    wanted = {line.partition("==")[0].partition("[")[0] for line in asked if line[:1].isalpha()}
    assert {name.lower() for name in wanted} <= pinned
    assert "lets-be-precise" not in pinned


def test_the_gate_holds_an_optional_artifact_to_schema_and_receipt(table, tmp_path):
    root = tmp_path / "tree"

    def told():
        found = gate.run_gate(root, "full", None, checks={}).findings
        return [str(finding) for finding in found if "/peers" in str(finding)]

    assert not {a.path for a in catalog.OPTIONAL} & {a.path for a in catalog.REQUIRED}
    assert told() == []
    target = root / "docs" / "artifacts" / "peers" / "peers.csv"
    target.parent.mkdir(parents=True)
    target.write_bytes(table.read_bytes())
    assert any("peers.csv.receipt.json" in text and "missing" in text for text in told())
    target.write_bytes(table.read_bytes().replace(b"strikeproof", b"strikeproof,", 1))
    assert any("rows do not fit the header" in text for text in told())

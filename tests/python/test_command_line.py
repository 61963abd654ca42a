"""The command line: one contract, files, what is refused, and that nothing half-written stays."""

import json
import subprocess
import sys

import numpy as np
import polars as pl
import pytest
from click.testing import CliRunner

import strikeproof as library
from strikeproof import american, bates, black_scholes, heston
from strikeproof import portfolio as portfolio_engine
from strikeproof.cli import engines, files
from strikeproof.cli.commands import strikeproof

pytestmark = pytest.mark.fast

CONTRACT = {"option_type": "put", "spot": 100.0, "strike": 95.0, "time_to_expiry": 0.5,
            "rate": 0.03, "volatility": 0.2}  # fmt: skip


def run(*words, code=0):
    found = CliRunner().invoke(strikeproof, [str(word) for word in words])
    assert found.exit_code == code, found.output
    return found


def options(terms):
    return [w for name, value in terms.items() for w in ("--" + name.replace("_", "-"), value)]


def table(size=1000):
    random = np.random.default_rng(11)
    return pl.DataFrame(
        {
            "id": [f"row {row}" for row in range(size)],
            "option_type": random.choice(["call", "put"], size),
            "spot": random.uniform(50, 150, size),
            "strike": random.uniform(50, 150, size),
            "time_to_expiry": random.uniform(0.01, 3.0, size),
            "volatility": random.uniform(0.05, 1.0, size),
        }
    )


def priced(rows, **more):
    columns = {name: rows[name] for name in rows.columns if name != "id"}
    return black_scholes.price(**columns, rate=0.03, **more)


def test_one_contract_has_every_digit_as_json_and_few_for_people():
    value = black_scholes.price(**CONTRACT)
    found = json.loads(run("price", *options(CONTRACT), "--json").stdout)
    assert found == {"price": value}
    assert run("price", *options(CONTRACT)).stdout.split() == ["price", f"{value:.8g}"]


def test_greeks_of_the_engine_that_is_named():
    words = [*options(CONTRACT), "--engine", "american", "--json"]
    assert json.loads(run("greeks", *words).stdout) == american.greeks(**CONTRACT)._asdict()


def test_implied_volatility_inverts_the_price():
    value = black_scholes.price(**CONTRACT)
    terms = {name: v for name, v in CONTRACT.items() if name != "volatility"}
    found = json.loads(run("iv", *options(terms), "--price", repr(value), "--json").stdout)
    assert abs(found["implied_volatility"] - 0.2) < 1e-14


@pytest.mark.parametrize("kind_in", ["csv", "parquet"])
@pytest.mark.parametrize("kind_out", ["csv", "parquet"])
def test_files_are_priced_to_the_bit(tmp_path, kind_in, kind_out, monkeypatch):
    monkeypatch.setattr(files, "ROWS_AT_ONCE", 300)  # several pieces
    rows, source, target = table(), tmp_path / f"in.{kind_in}", tmp_path / f"out.{kind_out}"
    getattr(rows, f"write_{kind_in}")(source)
    run("price", source, "--rate", 0.03, "-o", target)
    found = getattr(pl, f"read_{kind_out}")(target)
    assert found.columns == [*rows.columns, "price", "status"]
    np.testing.assert_array_equal(found["price"], priced(rows))
    np.testing.assert_array_equal(found["id"], rows["id"])
    assert set(found["status"]) == {"ok"}
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([source.name, target.name])


def test_standard_output_is_the_same_csv(tmp_path):
    table(10).write_csv(tmp_path / "in.csv")
    run("price", tmp_path / "in.csv", "--rate", 0.03, "-o", tmp_path / "out.csv")
    shown = run("price", tmp_path / "in.csv", "--rate", 0.03).stdout
    assert shown == (tmp_path / "out.csv").read_text()


def test_a_column_of_its_own_name_counts_although_the_engine_has_a_default(tmp_path):
    rows = table(5).with_columns(dividend_yield=pl.lit(0.05))
    rows.write_parquet(tmp_path / "in.parquet")
    run("price", tmp_path / "in.parquet", "--rate", 0.03, "-o", tmp_path / "out.parquet")
    found = pl.read_parquet(tmp_path / "out.parquet")["price"]
    np.testing.assert_array_equal(found, priced(rows))
    assert (found.to_numpy() != priced(table(5))).all()


def test_columns_of_other_names_and_words_for_all_rows(tmp_path):
    rows = table(5).rename({"strike": "K"}).drop("option_type")
    rows.write_csv(tmp_path / "in.csv")
    words = ("--strike", "K", "--option-type", "put", "--rate", 0.03)
    run("greeks", tmp_path / "in.csv", *words, "--engine", "american", "-o", tmp_path / "o.csv")
    expected = american.greeks(
        option_type="put", spot=rows["spot"], strike=rows["K"], rate=0.03,
        time_to_expiry=rows["time_to_expiry"], volatility=rows["volatility"],
    )  # fmt: skip
    np.testing.assert_array_equal(pl.read_csv(tmp_path / "o.csv")["vega"], expected.vega)


@pytest.mark.parametrize("engine", engines.offering("price"))
def test_every_engine_shows_its_options(engine):
    shown = run("price", "--engine", engine, "--help").stdout
    for name in engines.arguments(engine, "price"):
        assert "--" + name.replace("_", "-") in shown


def test_engines_of_other_greeks_answer_files_too(tmp_path):
    model = {"initial_variance": 0.04, "long_run_variance": 0.05, "mean_reversion": 1.5,
             "volatility_of_variance": 0.5, "correlation": -0.7}  # fmt: skip
    rows = table(5)
    rows.write_csv(tmp_path / "in.csv")
    words = ["--engine", "heston", "--rate", 0.03, *options(model), "-o", tmp_path / "out.csv"]
    run("greeks", tmp_path / "in.csv", *words)
    given = {name: rows[name] for name in rows.columns if name not in ("id", "volatility")}
    expected = heston.greeks(**given, rate=0.03, **model)
    found = pl.read_csv(tmp_path / "out.csv")
    for name, values in expected._asdict().items():
        np.testing.assert_array_equal(found[name], values)


def test_rows_without_an_answer_are_told_and_the_others_priced(tmp_path):
    rows = table(6)
    bad = rows.with_columns(
        volatility=pl.Series([0.2, -0.3, 0.2, None, 0.2, 0.2]),
        spot=pl.Series([100.0, 100.0, 100.0, 100.0, float("inf"), 100.0]),
    )
    bad.write_csv(tmp_path / "in.csv")
    words = ("--rate", 0.03, "-o", tmp_path / "out.csv")
    told = run("price", tmp_path / "in.csv", *words, code=1).stderr
    assert "3 rows have no answer" in told
    assert "line 3: volatility is -0.3: must be >= 0" in told
    assert "line 5: volatility is empty" in told
    assert "line 6: spot is inf: must be finite" in told
    found = pl.read_csv(tmp_path / "out.csv")
    assert found["price"].is_null().to_list() == [False, True, False, True, True, False]
    assert found["status"].to_list() == ["ok", "out_of_domain", "ok", "non_finite", "non_finite",
                                         "ok"]  # fmt: skip


def test_what_is_no_number_is_named_by_line_and_column_and_nothing_is_written(
    tmp_path, monkeypatch
):
    monkeypatch.setattr(files, "ROWS_AT_ONCE", 100)
    lines = table(1000).write_csv().splitlines()
    lines[777] = lines[777].rpartition(",")[0] + ",12%"
    (tmp_path / "in.csv").write_text("\n".join(lines))
    target = tmp_path / "out.parquet"
    target.write_bytes(b"earlier result")
    told = run("price", tmp_path / "in.csv", "--rate", 0.03, "-o", target, code=2).stderr
    assert "in.csv, line 778, column volatility: '12%' is not a number" in told
    assert target.read_bytes() == b"earlier result"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.csv", "out.parquet"]


@pytest.mark.parametrize(
    ("content", "words", "told"),
    [
        ("", (), "is empty; its first line must name the columns"),
        ("spot,strike\n1,2\n", (), "has no column option_type; name the column"),
        ("option_type,spot\nCall,1\n", ("--strike", 1, "--time-to-expiry", 1, "--rate", 0,
         "--volatility", 0.2), "line 2, column option_type: 'Call' must be \"call\" or \"put\""),
        ("spot\n1\n", ("--strike", "K"), "has no column 'K' for --strike; its columns are spot"),
    ],
)  # fmt: skip
def test_files_that_cannot_be_used(tmp_path, content, words, told):
    (tmp_path / "in.csv").write_text(content)
    assert told in run("price", tmp_path / "in.csv", *words, code=2).stderr


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("price", "--spot", 100), "black_scholes needs --option-type, --strike"),
        (("price", *options(CONTRACT | {"spot": "abc"})), "--spot is 'abc': must be a number"),
        (("price", *options(CONTRACT | {"spot": -1.0})), "spot is -1.0: must be >= 0"),
        (("price", *options(CONTRACT | {"option_type": "C"})), "option_type is 'C'"),
        (("price", "--engine", "nothing"), "'nothing' is not one of"),
        (("price", "--barrier", 80), "No such option '--barrier'"),
        (("price", *options(CONTRACT), "-o", "x.csv"), "--output is for a file of contracts"),
        (("price", "missing.csv"), "there is no such file"),
        (("price", "table.xlsx"), "must end in .csv or .parquet"),
        (("iv", "--engine", "heston"), "'heston' is not one of"),
    ],
)
def test_what_is_refused_says_why(words, told):
    assert told in run(*words, code=2).stderr


def test_a_folder_that_is_missing_is_named(tmp_path):
    table(3).write_csv(tmp_path / "in.csv")
    target = tmp_path / "none" / "out.csv"
    told = run("price", tmp_path / "in.csv", "--rate", 0, "-o", target, code=2).stderr
    assert "there is no folder" in told


def test_a_reader_that_leaves_is_no_error(tmp_path):
    table(50_000).write_csv(tmp_path / "in.csv")
    command = [sys.executable, "-m", "strikeproof", "price", "in.csv", "--rate", "0.03"]
    process = subprocess.Popen(
        command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout.readline().startswith(b"id,option_type")
    process.stdout.close()
    assert process.stderr.read() == b""
    process.stderr.close()
    process.wait()


def smile(count=7):
    log_moneyness = np.tile(np.linspace(-0.3, 0.25, count), 3)
    time = np.repeat([0.1, 0.5, 1.5], count)
    model = {"initial_variance": 0.04, "long_run_variance": 0.06, "mean_reversion": 1.5,
             "volatility_of_variance": 0.6, "correlation": -0.7}  # fmt: skip
    terms = {"forward": 100.0, "strike": 100.0 * np.exp(log_moneyness), "time_to_expiry": time}
    volatility = heston.implied_volatility(**terms, **model)
    return model, pl.DataFrame({**terms, "volatility": volatility})


@pytest.mark.parametrize("name", ["heston", "bates", "ssvi", "essvi", "svi"])
def test_models_are_fitted_to_a_file(tmp_path, name):
    model, quotes = smile()
    quotes.write_csv(tmp_path / "quotes.csv")
    words = ("fit", tmp_path / "quotes.csv", "--model", name)
    found = json.loads(run(*words, "--json", "--errors", tmp_path / "e.csv").stdout)
    assert found["model"] == name
    assert found["fit"]["quotes"] == len(quotes)
    errors = pl.read_csv(tmp_path / "e.csv")["error"].to_numpy()
    assert abs(np.sqrt(np.mean(errors**2)) - found["fit"]["root_mean_square_error"]) < 1e-15
    if name == "heston":
        np.testing.assert_allclose(list(found["parameters"].values()), list(model.values()), 1e-6)
        assert "mean_reversion" in run(*words).stdout
    if name == "bates":
        terms = {c: quotes[c] for c in ("forward", "strike", "time_to_expiry")}
        again = bates.implied_volatility(**terms, **found["parameters"])
        np.testing.assert_allclose(again - quotes["volatility"].to_numpy(), errors, atol=1e-9)


def test_quoted_prices_are_fitted_and_the_unusable_counted(tmp_path):
    _, quotes = smile()
    side = pl.when(pl.col("strike") < 100.0).then(pl.lit("put")).otherwise(pl.lit("call"))
    quotes = quotes.with_columns(option_type=side, rate=pl.lit(0.02))
    names = ("option_type", "forward", "strike", "time_to_expiry", "rate", "volatility")
    value = library.black.price(**{name: quotes[name] for name in names})
    priced_quotes = quotes.drop("volatility").with_columns(
        bid=pl.Series(0.99 * value), ask=pl.Series(1.01 * value)
    )
    priced_quotes[0, "bid"] = 0.0
    priced_quotes.write_csv(tmp_path / "q.csv")
    words = ("fit", tmp_path / "q.csv", "--model", "heston", "--weight", "spread", "--json")
    found = json.loads(run(*words).stdout)["fit"]
    assert (found["quotes"], found["no bid"]) == (20, 1)
    told = run(*words[:-1], "--errors", "x.doc", code=2).stderr
    assert "must end in .csv or .parquet" in told


def positions():
    return table(50).with_columns(
        rate=pl.lit(0.03),
        quantity=pl.Series(np.linspace(-5, 5, 50)),
        underlying=pl.Series(["A", "B"] * 25),
    )


def test_portfolio_totals_groups_and_scenarios(tmp_path):
    rows = positions()
    rows.write_csv(tmp_path / "p.csv")
    words = ("portfolio", tmp_path / "p.csv", "--by", "underlying", "--spot-return", -0.1)
    found = json.loads(run(*words, "--spot-return", 0.1, "--json").stdout)
    terms = {name: rows[name] for name in rows.columns if name not in ("id", "underlying")}
    risk = portfolio_engine.risk(**terms, underlying=rows["underlying"])
    moved = portfolio_engine.scenarios(
        **terms, underlying=rows["underlying"], spot_return=[-0.1, 0.1]
    )
    assert found["total"] == risk.total._asdict()
    assert found["by"]["B"]["vega"] == risk.by_underlying.vega[1]
    assert list(found["scenarios"].values()) == moved.total.tolist()
    shown = run(*words).stdout
    assert "total" in shown
    assert "spot return" in shown


def test_a_bad_position_is_refused(tmp_path):
    positions().with_columns(spot=pl.lit(-1.0)).write_csv(tmp_path / "p.csv")
    assert "spot is -1.0" in run("portfolio", tmp_path / "p.csv", code=2).stderr
    positions().drop("quantity").write_csv(tmp_path / "p.csv")
    assert "lacks quantity" in run("portfolio", tmp_path / "p.csv", code=2).stderr


def completed(words):
    environment = {"_STRIKEPROOF_COMPLETE": "bash_complete", "COMP_WORDS": " ".join(words),
                   "COMP_CWORD": str(len(words) - 1)}  # fmt: skip
    found = CliRunner().invoke(strikeproof, [], env=environment, prog_name="strikeproof")
    return {line.partition(",")[2] for line in found.output.splitlines()}


def test_the_shell_completes_commands_engines_and_their_options():
    assert completed(["strikeproof", "po"]) == {"portfolio"}
    assert completed(["strikeproof", "price", "--engine", "hes"]) == {"heston"}
    found = completed(["strikeproof", "price", "--engine", "heston", "--initial-v"])
    assert found == {"--initial-variance"}


def test_without_click_the_mend_is_named():
    script = (
        "import sys; sys.modules['click'] = None\n"
        "from strikeproof.cli import main\nsys.argv = ['strikeproof']\nmain()"
    )
    found = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert found.returncode == 2
    assert "pip install strikeproof[cli]" in found.stderr

"""Nanoseconds per price from a report: medians that are right, reports that are refused."""

import copy
import json

import pytest

from tasks.evidence import benchmark_tables, benchmarks, tables
from tasks.evidence.faults import EvidenceFault

pytestmark = pytest.mark.fast

CONTEXT = {"num_cpus": 2, "mhz_per_cpu": 2400.0, "cpu_scaling_enabled": False}
CONTEXT |= {"library_build_type": "debug", "strikeproof_binary_sha256": "0" * 64}
CONTEXT |= {f"strikeproof_{name}": "x" for name in ("commit", "compiler", "flags", "version")}
CONTEXT |= {"strikeproof_build_type": "Release", "strikeproof_cores": "2"}
CONTEXT |= {"strikeproof_ndebug": "true", "strikeproof_optimized": "true"}
CONTEXT |= {
    "strikeproof_profile": "fast",
    "strikeproof_sanitizers": "none",
    "strikeproof_simd": "avx2",
}
TIMES = (400.0, 500.0, 900.0)  # microseconds a call; 100 options a call


def rows(name, times, batch):
    common = {"run_name": name, "threads": 1, "repetitions": len(times), "time_unit": "us"}
    for index, time in enumerate(times):
        yield common | {
            "name": name,
            "run_type": "iteration",
            "repetition_index": index,
            "iterations": 7,
            "real_time": time,
            "cpu_time": time,
            "items_per_second": batch / (time * 1e-6),
            "peak_bytes": 9.0 * batch + 24.0,
        }
    middle = sorted(times)[len(times) // 2]
    yield common | {
        "name": f"{name}_median",
        "run_type": "aggregate",
        "aggregate_name": "median",
        "aggregate_unit": "time",
        "iterations": len(times),
        "real_time": middle,
        "cpu_time": middle,
        "items_per_second": batch / (middle * 1e-6),
    }


@pytest.fixture
def report():
    found = [*rows("heston/price/100/real_time", TIMES, 100), *rows("black/price/1", TIMES, 1)]
    return {"context": dict(CONTEXT), "benchmarks": found}


def test_the_median_is_per_price_and_the_spread_is_relative(report):
    black, heston = benchmarks.parse(report).iter_rows(named=True)
    assert (heston["engine"], heston["operation"], heston["batch"]) == ("heston", "price", 100)
    assert heston["ns_per_price"] == pytest.approx(5000.0, rel=1e-12)
    assert heston["spread"] == pytest.approx(100.0 / 500.0, rel=1e-9)  # |400-500|, 0, |900-500|
    assert (heston["repetitions"], heston["iterations"]) == (3, 21)
    assert (heston["peak_bytes"], heston["bytes_per_option"]) == (924, 9.24)
    assert black["ns_per_price"] == pytest.approx(500_000.0, rel=1e-12)


def test_the_order_of_the_report_does_not_matter(report):
    turned = report | {"benchmarks": report["benchmarks"][::-1]}
    assert benchmarks.parse(turned).equals(benchmarks.parse(report))


def only_medians(found):
    found["benchmarks"] = [r for r in found["benchmarks"] if r["run_type"] == "aggregate"]


def no_medians(found):
    found["benchmarks"] = [r for r in found["benchmarks"] if r["run_type"] != "aggregate"]


def cell(index, **values):
    return lambda found: found["benchmarks"][index].update(values)


BROKEN = [
    pytest.param(lambda r: r.update(benchmarks=[]), "0 benchmarks", id="empty"),
    pytest.param(lambda r: r.pop("benchmarks"), "required key benchmarks", id="no-list"),
    pytest.param(no_medians, "heston/price/100/real_time has 0 median rows", id="no-medians"),
    pytest.param(only_medians, "has no repetitions", id="only-medians"),
    pytest.param(cell(0, real_time=0.0), "implausible", id="zero-time"),
    pytest.param(cell(1, real_time=-4.0), "implausible", id="negative-time"),
    pytest.param(cell(1, iterations=0), "ran 0 iterations", id="no-iterations"),
    pytest.param(cell(1, items_per_second=None), "items per second", id="no-rate"),
    pytest.param(cell(0, real_time=40.0), "400 ns per price by time, 4000 by rate", id="edited"),
    pytest.param(cell(3, real_time=400.0), "median row says 400, its repetitions 500", id="median"),
    pytest.param(cell(0, peak_bytes=None), "held None bytes", id="no-memory"),
    pytest.param(cell(0, peak_bytes=0.5), "held 0.5 bytes", id="half-a-byte"),
    pytest.param(cell(0, peak_bytes=8.0), "another number of bytes", id="edited-memory"),
    pytest.param(cell(0, error_occurred=True), "reports an error", id="error"),
    pytest.param(
        lambda r: [row.update(run_name="price") for row in r["benchmarks"]],
        "is not engine/operation/batch",
        id="name",
    ),
]


@pytest.mark.parametrize(("plant", "message"), BROKEN)
def test_a_report_that_cannot_be_a_measurement_is_refused(report, plant, message):
    broken = copy.deepcopy(report)
    plant(broken)
    with pytest.raises(EvidenceFault) as caught:
        benchmarks.parse(broken)
    assert any(message in fault for fault in caught.value.faults), caught.value.faults


def test_figures_name_every_benchmark_and_how_it_was_built(report):
    parsed = benchmarks.Report.model_validate(report)
    figures = benchmarks.figures(parsed)
    assert set(figures["by_benchmark"]) == {"heston/price/100/real_time", "black/price/1"}
    assert (figures["build_type"], figures["noisy"]) == ("Release", False)


def test_table_and_plot_are_the_same_bytes_twice(report, tmp_path):
    source = tmp_path / "report.json"
    source.write_text(json.dumps(report) + "\n")
    pages = []
    for name in ("one", "two"):
        table, plot = tmp_path / f"{name}.csv", tmp_path / f"{name}.png"
        common = {"config": {"profile": "fast"}, "progress": lambda _done, _total: None}
        benchmarks.write_benchmark_table(table, inputs={"report": source}, **common)
        benchmarks.write_benchmark_plot(plot, inputs={"table": table}, **common)
        pages.append((table.read_bytes(), plot.read_bytes()))
    assert pages[0] == pages[1]
    assert len(tables.read_table(tmp_path / "one.csv", benchmark_tables.BenchmarkTable)) == 2

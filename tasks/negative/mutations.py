"""The catalogue's mutations that concern the graph's artifacts, and the words each must be met by.

Each function gets a fresh scene and lies in it; what it returns, if anything, is who must refuse
(by default the gate). `EXPECTED` holds a pattern that at least one line of the refusal matches.
Ids are those of tests/data/evidence_mutants.csv; ids from M900 on are inventions of our own.
"""

from __future__ import annotations

import datetime as dt
import json
import math
import struct
from collections.abc import Callable, Mapping
from typing import Any

from tasks.evidence import catalog, instruction_plan, parity_grid, tolerances
from tasks.negative.catalogue import Catalogue
from tasks.negative.convergence_lies import CONVERGENCE_LIES
from tasks.negative.scene import BENCHMARKS, COUNTS, MANIFEST, PARITY, SUMMARY, WRDS, Scene

_PNG = "docs/artifacts/ql_parity/ql_parity.png"
_CALIBRATION = f"{WRDS}/calibration.csv"
_OUT_OF_SAMPLE = f"{WRDS}/oos_pricing.csv"
_PROVENANCE = f"{WRDS}/provenance.json"
_CELLS = f"{WRDS}/summary.csv"
_QUOTES = "docs/artifacts/market_fit/quotes.csv"
_BY_EXPIRY = "docs/artifacts/market_fit/by_expiry.csv"

Lie = Callable[[Scene], None]
LIES: Catalogue[tuple[Lie, str]] = Catalogue()


def lie(number: str, pattern: str) -> Callable[[Lie], Lie]:
    """Register a mutation under its catalogue id with the pattern of its refusal."""

    def register(function: Lie) -> Lie:
        LIES[number] = (function, pattern)
        return function

    return register


def cell(name: str, column: str, row: int, value: str) -> Callable[[Scene], None]:
    """Lie that sets one CSV cell (row counted from 1)."""

    def change(data: bytes) -> bytes:
        lines = data.decode().split("\n")
        cells = lines[row].split(",")
        cells[lines[0].split(",").index(column)] = value
        lines[row] = ",".join(cells)
        return "\n".join(lines).encode()

    return lambda scene: scene.edit(name, change)


def plant(scene: Scene, row: int, error: float, reseal: bool) -> None:
    """Move one price by an error, with all derived columns of the row kept consistent."""

    def change(data: bytes) -> bytes:
        lines = data.decode().split("\n")
        names = lines[0].split(",")
        cells = dict(zip(names, lines[row].split(","), strict=True))
        reference = float(cells["quantlib"])
        ours = reference + error
        difference = abs(ours - reference)
        cells["strikeproof"] = repr(ours)
        cells["abs_error"] = repr(difference)
        cells["rel_error"] = repr(difference / max(abs(ours), abs(reference)))
        lines[row] = ",".join(cells[name] for name in names)
        return "\n".join(lines).encode()

    scene.edit(PARITY, change)
    if reseal:
        scene.reseal(PARITY)


def _lines(change: Callable[[list[str]], list[str]]) -> Callable[[bytes], bytes]:
    return lambda data: "\n".join(change(data.decode().split("\n"))).encode()


def _table_lies(number: str, pattern: str, change: Callable[[bytes], bytes]) -> None:
    LIES[number] = (lambda scene: scene.edit(PARITY, change), pattern)


LIES["M001"] = (lambda s: s.path(PARITY).unlink(), r"ql_parity\.csv: missing; fix: doit ql_parity")
_table_lies("M002", r"ql_parity\.csv: empty.*doit ql_parity", lambda _: b"")
_table_lies("M003", "0 rows", _lines(lambda lines: [lines[0], ""]))
_table_lies("M004", r"rows \d+, grid declares", _lines(lambda ls: [*ls[: len(ls) * 9 // 10], ""]))
_table_lies("M005", "sha256 mismatch|no newline", lambda data: data[:-5])
_table_lies("M006", "no newline at the end|sha256 mismatch", lambda data: data[:-1])
LIES["M007"] = (cell(PARITY, "abs_error", 417, "nan"), "non-finite abs_error at row 417")
LIES["M008"] = (cell(PARITY, "abs_error", 418, "inf"), "non-finite abs_error at row 418")
LIES["M011"] = (cell(PARITY, "abs_error", 12, "-1e-12"), "abs_error.*(< 0|min).*|row 12")
_table_lies("M012", "duplicate key", _lines(lambda ls: [*ls[:5], ls[4], *ls[6:]]))
_table_lies("M013", "missing grid key", _lines(lambda ls: [*ls[:100], *ls[101:]]))
_table_lies(
    "M017",
    "duplicate column abs_error",
    _lines(lambda ls: [ls[0].replace("rel_error", "abs_error"), *ls[1:]]),
)
_table_lies("M019", "resaved", lambda data: b"\xef\xbb\xbf" + data.replace(b"\n", b"\r\n"))
LIES["M021"] = (cell(PARITY, "abs_error", 30, "3e-19"), "sha256 mismatch|abs_error")
LIES["M024"] = (
    lambda s: s.edit(PARITY, _lines(lambda ls: [ls[0], *sorted(ls[1:-1]), ""])),
    "row order",
)


@lie("M010", "identical to ours")
def self_comparison(scene: Scene) -> None:
    """Our own column as the reference."""

    def change(data: bytes) -> bytes:
        lines = data.decode().split("\n")
        names = lines[0].split(",")
        rows = [dict(zip(names, line.split(","), strict=True)) for line in lines[1:-1]]
        for row in rows:
            row.update(quantlib=row["strikeproof"], abs_error="0.0", rel_error="0.0")
        body = [",".join(row[name] for name in names) for row in rows]
        return "\n".join([lines[0], *body, ""]).encode()

    scene.edit(PARITY, change)
    scene.reseal(PARITY)


@lie("M022", r"priced anew|exceeds its tolerance|metrics_summary.*recomputed")
def forged_with_digests(scene: Scene) -> None:
    """A worst row improved on our side, with receipt and manifest made to agree."""
    plant(scene, 7, 2e-12, reseal=True)


@lie("M027", "symlink not allowed")
def older_by_symlink(scene: Scene) -> None:
    """The table replaced by a link."""
    older = scene.root / "older.csv"
    scene.path(PARITY).rename(older)
    scene.path(PARITY).symlink_to(older)


LIES["M029"] = (lambda s: s.path(PARITY).chmod(0), "unreadable: EACCES")
LIES["M030"] = (lambda s: s.edit(_PNG, lambda _: b"a,b\n1,2\n"), "not a PNG")


def _tolerances(old: str, new: str) -> Lie:
    return lambda s: s.edit(catalog.TOLERANCES, lambda d: d.replace(old.encode(), new.encode(), 1))


LIES["M031"] = (_tolerances("limit = 1e-10", "limit = 1e-2"), r"max_abs_error: 1e-10 -> 0\.01")
LIES["M033"] = (_tolerances("limit = 1e-10", 'limit = "1e-10"'), "is str, want float")
LIES["M035"] = (
    _tolerances('"ql_parity.max_abs_error"', '"ql_parity.max_abs_eror"'),
    "unknown key ql_parity.max_abs_eror",
)
LIES["M037"] = (lambda s: plant(s, 13, 1e-3, reseal=True), "exceeds its tolerance")

LIES["M038"] = (lambda s: s.path(BENCHMARKS).unlink(), "missing.*doit benchmarks")
LIES["M039"] = (
    lambda s: s.edit(BENCHMARKS, lambda d: d[: len(d) // 2] + b"\n"),
    "not JSON: .* line .* column",
)


def _report(change: Callable[[Any], None], reseal: bool = True) -> Lie:
    def rewrite(scene: Scene) -> None:
        def rewritten(data: bytes) -> bytes:
            document = json.loads(data)
            change(document)
            return (json.dumps(document, indent=1) + "\n").encode()

        scene.edit(BENCHMARKS, rewritten)
        if reseal:
            scene.reseal(BENCHMARKS)

    return rewrite


def _context(**values: Any) -> Lie:
    return _report(lambda d: d["context"].update(values))


def _without_last(document: Any) -> None:
    last = document["benchmarks"][-1]["run_name"]
    document["benchmarks"] = [r for r in document["benchmarks"] if r["run_name"] != last]


LIES["M042"] = (_report(lambda d: d.update(benchmarks=[])), "0 benchmarks")
LIES["M043"] = (_report(_without_last), "missing benchmark ")
LIES["M044"] = (_context(strikeproof_ndebug="false"), "debug build")
LIES["M045"] = (_context(strikeproof_optimized="false"), "core built without optimisation")
LIES["M046"] = (_context(strikeproof_sanitizers="address"), "core built with -fsanitize")
LIES["M048"] = (_context(strikeproof_binary_sha256="0" * 64), "from another binary")
LIES["M049"] = (_context(num_cpus=64), "from another machine")
LIES["M050"] = (
    _report(lambda d: d["benchmarks"][0].update(real_time=0.0, items_per_second=-1.0)),
    "implausible",
)

LIES["M055"] = (lambda s: s.path(_PROVENANCE).unlink(), r"provenance\.json: missing")
LIES["M057"] = (
    lambda s: s.edit_json(_PROVENANCE, lambda d: d.update(source="wrds", marker="REAL")),
    "source is 'wrds'|marker",
)


def _same_day(scene: Scene) -> None:
    trade = scene.path(_OUT_OF_SAMPLE).read_text().split("\n")[1].split(",")
    header = scene.path(_OUT_OF_SAMPLE).read_text().split("\n")[0].split(",")
    cell(_OUT_OF_SAMPLE, "quote_date", 3, trade[header.index("trade_date")])(scene)


LIES["M058"] = (_same_day, "oos quote_date .* != next_trade_date")
LIES["M059"] = (cell(_CALIBRATION, "quote_date", 4, "2031-01-03"), "lookahead: row 4")


def _calendar_day(scene: Scene) -> None:
    """The next calendar day, of a weekend or holiday, as the next trade date."""
    header, *rows = (
        line.split(",") for line in scene.path(_OUT_OF_SAMPLE).read_text().split("\n")[:-1]
    )
    trade, following = header.index("trade_date"), header.index("next_trade_date")
    for row in rows:
        day = (dt.date.fromisoformat(row[trade]) + dt.timedelta(days=1)).isoformat()
        if row[following] != day:
            break
    old = row[following]
    scene.edit(_OUT_OF_SAMPLE, lambda d: d.replace(old.encode(), day.encode()))


LIES["M073"] = (
    lambda s: s.edit(catalog.WRDS_PANEL, lambda d: d.replace(b"2020-06-30", b"2020-06-15")),
    "panel digest not in plan of record",
)
LIES["M964"] = (
    cell(f"{WRDS}/recovery.csv", "bias", 2, "0.0"),
    "not what its maker makes|sha256 mismatch",
)
LIES["M060"] = (_calendar_day, "exchange calendar")


@lie("M067", "sha256 mismatch|not what its maker makes")
def other_bytes(scene: Scene) -> None:
    """A maker that gave other bytes the second time: one error moved by its last digit."""

    def change(data: bytes) -> bytes:
        lines = data.decode().split("\n")
        names = lines[0].split(",")
        cells = lines[2].split(",")
        place = names.index("rmse_price")
        cells[place] = repr(math.nextafter(float(cells[place]), math.inf))
        lines[2] = ",".join(cells)
        return "\n".join(lines).encode()

    scene.edit(_CALIBRATION, change)
    scene.reseal(_CALIBRATION)


def _leak(data: bytes) -> bytes:
    lines = data.decode().split("\n")
    return "\n".join([lines[0] + ",optionid", *(line + ",7" for line in lines[1:-1]), ""]).encode()


LIES["M069"] = (lambda s: s.edit(_CELLS, _leak), "column not on allow-list.*|optionid")
LIES["M070"] = (cell(_CELLS, "contracts", 1, "1"), r"contracts.*")


def _summary(change: Callable[[Any], None], reseal: bool = True) -> Lie:
    def rewrite(scene: Scene) -> None:
        scene.edit_json(SUMMARY, change)
        if reseal:
            scene.reseal(SUMMARY)

    return rewrite


LIES["M074"] = (_summary(lambda d: d["ql_parity"].update(status="missing")), "status is missing")
LIES["M075"] = (
    _summary(lambda d: d["ql_parity"].update(max_abs_error=1e-18)),
    "max_abs_error is 1e-18, recomputed",
)
LIES["M076"] = (
    lambda s: s.edit(
        SUMMARY, lambda d: d.replace(b'"max_abs_error": ', b'"max_abs_error": NaN, "x": ', 1)
    ),
    "non-finite",
)
LIES["M077"] = (
    _summary(lambda d: d["ql_parity"].pop("max_abs_error")),
    r"required key ql_parity\.max_abs_error",
)
LIES["M079"] = (_summary(lambda d: d.update(commit="a" * 40)), "commit aaaaaaa, HEAD")
LIES["M082"] = (
    _summary(lambda d: d.update(profile="full" if d["profile"] == "fast" else "fast")),
    "profile .* cannot satisfy",
)


def _other_core(document: Any) -> None:
    for entry in document["predicate"]["buildDefinition"]["resolvedDependencies"]:
        if catalog.is_core(entry["name"]):
            entry["digest"]["sha256"] = "c" * 64


LIES["M083"] = (
    lambda s: s.edit_json(PARITY + catalog.RECEIPT_SUFFIX, _other_core),
    r"stale: input @core\S* changed",
)


@lie("M085", r"receipt\.json: missing")
def killed_in_the_middle(scene: Scene) -> None:
    """What a killed run leaves: half a file, and no receipt yet."""
    scene.edit(SUMMARY, lambda data: data[: len(data) // 2])
    scene.path(SUMMARY + catalog.RECEIPT_SUFFIX).unlink()


LIES["M087"] = (_summary(lambda d: d.update(generated_at="2096-01-01")), "unknown key generated_at")

LIES["M088"] = (
    lambda s: s.edit_json(MANIFEST, lambda d: d["artifacts"].pop(0)),
    "required artifact not in manifest",
)


@lie("M090", "unlisted file")
def smuggled(scene: Scene) -> None:
    """A file that no list names."""
    scene.path("docs/artifacts/extra.csv").write_text("a\n")


LIES["M092"] = (
    lambda s: s.edit_json(MANIFEST, lambda d: d["artifacts"][0].update(path="../../etc/passwd")),
    "path outside",
)


def _case_variant(document: Any) -> None:
    first = dict(document["artifacts"][0])
    first["path"] = first["path"].upper()
    document["artifacts"].append(first)


LIES["M093"] = (lambda s: s.edit_json(MANIFEST, _case_variant), "duplicate path after NFC")
LIES["M096"] = (cell(PARITY, "strikeproof", 50, "1.25"), "sha256 mismatch|abs_error")

# Inventions: two or more per family, beyond the catalogue.
LIES["M900"] = (
    lambda s: s.edit_json(
        PARITY + catalog.RECEIPT_SUFFIX,
        lambda d: d["predicate"]["buildDefinition"]["resolvedDependencies"].pop(),
    ),
    "is new",
)
LIES["M901"] = (cell(PARITY, "engine", 9, "QuantLib 1.44 OwnCopy"), "engine|sha256 mismatch")
LIES["M902"] = (
    _report(lambda d: d["benchmarks"].append(dict(d["benchmarks"][0]))),
    "repetitions|contradict|median",
)


@lie("M903", "profile .* cannot satisfy")
def report_of_the_other_profile(scene: Scene) -> None:
    """The report says the other profile."""
    _context(strikeproof_profile="fast" if scene.profile == "full" else "full")(scene)


LIES["M904"] = (cell(_QUOTES, "market_volatility", 2, "0.5"), "round trip error is the difference")
LIES["M905"] = (cell(_BY_EXPIRY, "rmse_volatility", 1, "0.0001"), "not what its maker|sha256")
LIES["M906"] = (cell(_CALIBRATION, "source", 1, "OPTIONM"), "source")
LIES["M907"] = (
    lambda s: s.edit(f"{WRDS}/SYNTHETIC_opprcd.parquet", lambda d: d[:-100] + bytes(100)),
    "SYNTHETIC_opprcd",
)
LIES["M908"] = (
    lambda s: s.edit(catalog.SUMMARY_TEXT.path, lambda d: d.replace(b"| pass |", b"| PASS |", 1)),
    "is not the text of the metrics summary",
)
LIES["M909"] = (
    lambda s: s.edit_json(MANIFEST, lambda d: d["artifacts"].reverse()),
    "not in the catalog's order",
)


def _png_with_tail(data: bytes) -> bytes:
    return data + struct.pack(">I", 7)


LIES["M910"] = (lambda s: s.edit(_PNG, _png_with_tail), "bytes after its end")
LIES["M911"] = (
    lambda s: s.edit(SUMMARY + catalog.RECEIPT_SUFFIX, lambda d: d.replace(b"\n", b"\r\n")),
    "not in canonical form",
)

_BARRIERS = "docs/artifacts/ql_parity/products/barrier.parquet"


def _off(number: str, error: float, verdict: str, pattern: str) -> None:
    """Register the lie that moves all our values of one barrier type, every error made to agree."""

    def change(rows: list[Any]) -> None:
        for row in rows:
            if row["barrier_type"] != "up_in" or row["quantlib"] is None:
                continue
            ours, theirs = row["strikeproof"] + error, row["quantlib"]
            distance, size = abs(ours - theirs), max(abs(ours), abs(theirs))
            row.update(strikeproof=ours, abs_error=distance, rel_error=distance / size)
            row.update(error_in_tolerances=distance / max(1.0, size) / 1e-10, verdict=verdict)
            decided = verdict != "agree"
            row.update(third=ours if decided else None)
            row.update(third_method="closed formula by images, 40 digits" if decided else None)

    def lie(scene: Scene) -> None:
        scene.edit_table(_BARRIERS, change)
        scene.reseal(_BARRIERS)

    LIES[number] = (lie, pattern)


_off("M930", 1e-6, "agree", r"barrier\.parquet: verdict agree is within the tolerance: not so")
_off("M931", 1e-6, "strikeproof", r"barrier\.parquet.*: strikeproof is .*, priced anew")
LIES["M932"] = (
    lambda s: s.edit(parity_grid.PATH, lambda d: d.replace(b"full = 8000", b"full = 800", 1)),
    r"PLAN_OF_RECORD.*: barrier: grid and tolerance have digest",
)
LIES["M933"] = (
    _tolerances(
        'barrier.max_scaled_error"\nlimit = 1e-10', 'barrier.max_scaled_error"\nlimit = 1e-04'
    ),
    r"PLAN_OF_RECORD.*: barrier: grid and tolerance have digest",
)
LIES["M934"] = (
    lambda s: s.edit_table(_BARRIERS, lambda rows: rows.pop(20)),
    r"barrier\.parquet: missing grid key",
)
LIES.update(CONVERGENCE_LIES)


def _counts(factor: float) -> Lie:
    """Counts at a hundredth below their limits, those of one kernel times `factor`."""

    def rewrite(scene: Scene) -> None:
        bounds = tolerances.parse(scene.path(catalog.TOLERANCES).read_bytes())
        lines = [scene.path(COUNTS).read_text().split("\n")[0]]
        for name, instruction_set in instruction_plan.KERNELS:
            label = f"{name} {instruction_set}"
            most = 0.99 * bounds[f"instruction_counts.by_kernel.{label}.instructions"].limit
            if name == "heston/price":
                most *= factor
            more = math.floor(1000 * most)
            counts = f"option,1,1001,1000,{1000 + more},{more / 1000!r}"
            lines.append(f"{name},{instruction_set},{counts},valgrind-3.19.0,GNU 12.2,glibc 2.36,")
        scene.edit(COUNTS, lambda _: "\n".join([*lines, ""]).encode())
        scene.reseal(COUNTS)

    return rewrite


LIES["M950"] = (
    _counts(1.3),
    r"instruction_counts\.by_kernel\.heston/price avx2\.instructions = .* exceeds its tolerance",
)


@lie("M951", r"missing kernel american/accurate \(avx2\)")
def a_kernel_left_out(scene: Scene) -> None:
    """A table without its first row."""
    scene.edit(COUNTS, _lines(lambda lines: [lines[0], *lines[2:]]))
    scene.reseal(COUNTS)


LIES["M952"] = (cell(COUNTS, "libc", 3, ""), "counted or a note|blank|sha256 mismatch")
LIES["M953"] = (
    _report(lambda d: d["benchmarks"][0].pop("peak_bytes", None)),
    "held None bytes|another number of bytes",
)

_REFUSALS = catalog.BUNDLE_REFUSALS.path


def _refusals(change: Callable[[Any], Any]) -> Lie:
    def rewrite(scene: Scene) -> None:
        scene.edit_json(_REFUSALS, change)
        scene.reseal(_REFUSALS)

    return rewrite


LIES["M960"] = (
    _refusals(lambda d: d["refusals"].pop(0)),
    r"bundle_refusals\.json: \d+ refusals recorded, \d+ declared: not so M111a",
)
LIES["M961"] = (
    _refusals(lambda d: d["refusals"][5].update(words="refused, as it should be")),
    r"bundle_refusals\.json: M112a was refused in other words",
)
LIES["M962"] = (
    _refusals(lambda d: d["refusals"][0].update(exit_code=1)),
    r"bundle_refusals\.json: M111a was not refused with exit code 2",
)


def _uncaught(plant: str) -> Lie:
    """Experiments that would not see a planted leak: a record in which it passes."""

    def rewrite(document: Any) -> None:
        row = next(row for row in document["plants"] if row["stage"] == plant)
        row.update(caught=False, differing=0, identical=row["runs"], first=[])
        document["caught"] -= 1

    return lambda scene: scene.edit_json(f"{WRDS}/leak_detection.json", rewrite)


for _number, _plant in (
    ("M062", "backfill"),
    ("M063", "global z-score"),
    ("M065", "survivorship by last row"),
    ("M066", "same-day close"),
):
    LIES[_number] = (_uncaught(_plant), f"planted leak {_plant} was not caught")


@lie("M965", "lookahead: synthetic-2019: study, trade date changed with the future")
def a_study_that_looks_ahead(scene: Scene) -> None:
    """The study's own output changed at one cut."""

    def rewrite(document: Any) -> None:
        row = document["stages"][0]
        row.update(caught=True, differing=1, identical=row["runs"] - 1)

    scene.edit_json(f"{WRDS}/leak_detection.json", rewrite)


PENDING: Mapping[str, str] = {}
BUNDLE_ARTIFACT = "review bundle or docs/agent_runs/<RUN_NAME>/"

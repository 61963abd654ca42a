"""Makes the pages: what stands on each is decided by the catalog and by what lies there."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

import jinja2
from markupsafe import Markup

from tasks.evidence import catalog, strict_json, tolerances
from tasks.evidence.catalog import Artifact
from tasks.evidence.report import charts, claims, figures, lineage, plan, previews
from tasks.evidence.report.figures import Block, Cell, plain
from tasks.evidence.report.look import Picture
from tasks.evidence.report.previews import Image

_UP = "../"  # from a page to docs/artifacts
_ARTIFACTS = "docs/artifacts/"


@dataclass(slots=True)
class Section:
    """One family on a page."""

    family: str
    title: str
    fix: str
    optional: bool
    present: bool
    status: str = ""
    claims: str = ""
    pictures: list[Picture] = field(default_factory=list)
    images: list[Image] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    files: list[Block] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Source:
    """What a page is made from."""

    page: str
    inputs: Mapping[str, Path]
    summary: Mapping[str, Any]
    claims: list[claims.Claim]


def write_page(
    output: Path,
    *,
    inputs: Mapping[str, Path],
    config: Mapping[str, Any],
    progress: Callable[[int, int], None],
) -> None:
    """Write one page of the report.

    Parameters
    ----------
    output : Path
        HTML file to write.
    inputs : mapping
        Summary, tolerances, template, style and script by these names; artifacts and receipts
        that the page shows by repository path. Optional artifacts may be absent.
    config : mapping
        ``page``: which page.
    """
    summary = strict_json.read(inputs["summary"])
    bounds = tolerances.parse(inputs["tolerances"].read_bytes())
    source = Source(config["page"], inputs, summary, claims.claims(summary, bounds))
    content = _content(source)
    output.write_text(_rendered(source, content), encoding="utf-8", newline="\n")
    progress(1, 1)


def _rendered(source: Source, content: Mapping[str, Any]) -> str:
    environment = jinja2.Environment(
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    template = environment.from_string(source.inputs["template"].read_text(encoding="utf-8"))
    menu = [(name, plan.title(name)) for name in catalog.REPORT_PAGES]
    return template.render(
        page=source.page,
        title=plan.title(source.page),
        menu=menu,
        summary=source.summary,
        style=Markup(source.inputs["style"].read_text(encoding="utf-8")),
        script=Markup(source.inputs["script"].read_text(encoding="utf-8")),
        bundle=PurePosixPath(catalog.REPORT_BUNDLE.path).name,
        figure=figures.figure,
        shown=figures.shown,
        markup=Markup,
        **content,
    )


def _content(source: Source) -> Mapping[str, Any]:
    special = {
        plan.INDEX: _index,
        plan.REFUSALS: _refusals,
        plan.PROVENANCE: _provenance,
    }
    if source.page in special:
        return {"sections": [], **special[source.page](source)}
    optional = {artifact.family for artifact in catalog.OPTIONAL}
    own = [
        name
        for name in dict.fromkeys(a.family for a in (*catalog.FAMILIES, *catalog.OPTIONAL))
        if plan.page_of(name, optional=name in optional) == source.page
    ]
    return {"sections": [_section(name, source) for name in own], "blocks": [], "pictures": []}


def _section(name: str, source: Source) -> Section:
    artifacts = catalog.family(name)
    optional = artifacts[0] in catalog.OPTIONAL
    present = not optional or any(a.path in source.inputs for a in artifacts)
    section = Section(name, plan.family_title(name), artifacts[0].fix, optional, present)
    for artifact in artifacts:
        if artifact.path in source.inputs:
            _add(section, artifact, source.inputs[artifact.path])
    if name in source.summary:
        section.status = source.summary[name].get("status", "")
        section.blocks = figures.blocks(name, source.summary[name])
        own = [claim for claim in source.claims if claim.family == name]
        held = sum(claim.state == claims.PASS for claim in own)
        section.claims = f"{held} of {len(own)} claims hold" if own else ""
    section.files.append(_listing(name, artifacts))
    return section


def _add(section: Section, artifact: Artifact, path: Path) -> None:
    """Show an artifact by what it is: a table, a document or a picture."""
    name = artifact.path.removeprefix(_ARTIFACTS)
    if path.suffix == ".png":
        if artifact.packed:
            section.images.append(previews.image(path, _UP + name, artifact.title))
    elif path.suffix == ".csv":
        frame = previews.table(path)
        section.pictures += charts.of_table(artifact.path, frame)
        section.files.append(previews.of_table(frame, name))
    elif path.suffix == ".json" and path.stat().st_size < _LARGE:
        section.files.append(previews.of_document(path, name))


_LARGE = 200_000  # bytes of a document that is listed only


def _listing(name: str, artifacts: tuple[Artifact, ...]) -> Block:
    rows = tuple((Cell(a.title), *_places(a)) for a in artifacts)
    header = ("artifact", "file", "receipt")
    anchor, folded = f"{name}-files", len(rows) > 12
    return Block("Files and receipts", header, rows, folded=folded, anchor=anchor, stacked=True)


def _places(artifact: Artifact) -> tuple[Cell, Cell]:
    """Links to an artifact and its receipt, where the pack holds them."""
    name = artifact.path.removeprefix(_ARTIFACTS)
    packed = artifact in catalog.REQUIRED
    there = _UP + name if artifact.packed and packed else ""
    receipt = Cell("receipt", link=_UP + name + catalog.RECEIPT_SUFFIX) if packed else Cell("")
    return Cell(name, link=there), receipt


def _index(source: Source) -> Mapping[str, Any]:
    states = [claim.state for claim in source.claims]
    lies = [m["state"] for m in strict_json.read(source.inputs[catalog.MUTANTS.path])["mutants"]]
    required = (*catalog.REQUIRED, catalog.GATE_REPORT)
    tiles = [
        ("claims hold", f"{states.count(claims.PASS):,} of {len(states):,}", "#claims"),
        ("lies refused", f"{lies.count('refused'):,}", f"{plan.REFUSALS}.html"),
        ("lies missed", f"{lies.count('missed'):,}", f"{plan.REFUSALS}.html"),
        ("artifacts with receipts", f"{len(required):,}", f"{plan.PROVENANCE}.html"),
    ]
    families = dict.fromkeys(a.family for a in catalog.FAMILIES)
    cards = []
    for name in families:
        own = [claim for claim in source.claims if claim.family == name]
        held = sum(claim.state == claims.PASS for claim in own)
        status = source.summary.get(name, {}).get("status", "")
        text = f"{held} of {len(own)} claims hold" if own else "shown, nothing claimed"
        cards.append((f"{plan.page_of(name)}.html#{name}", plan.family_title(name), status, text))
    picture = charts.headroom(source.claims)
    return {
        "tiles": tiles,
        "cards": cards,
        "claims": source.claims,
        "receipt": lambda claim: _UP + claim.receipt.removeprefix(_ARTIFACTS),
        "target": lambda claim: f"{plan.page_of(claim.family)}.html#{claim.family}",
        "pictures": [picture] if picture else [],
        "blocks": [],
    }


def _refusals(source: Source) -> Mapping[str, Any]:
    record = strict_json.read(source.inputs[catalog.MUTANTS.path])
    lies = {row["id"]: row for row in previews.table(source.inputs["catalogue"]).to_dicts()}
    rows = tuple(
        (
            Cell(m["id"]),
            Cell(m["state"], state=m["state"]),
            Cell(m["artifact"].removeprefix(_ARTIFACTS)),
            Cell(lies.get(m["id"], {}).get("mutation") or "added by the project"),
            Cell(m["message"]),
        )
        for m in record["mutants"]
    )
    header = ("lie", "state", "about", "what was changed", "what the gate said")
    states = [m["state"] for m in record["mutants"]]
    tiles = [
        (f"lies {s}", f"{states.count(s):,}", "#lies") for s in ("refused", "missed", "pending")
    ]
    lead = (
        "A gate that was never seen to refuse proves nothing. Before it may pass the evidence, "
        "every lie below is told to it on a copy, and the words of its answer are kept."
    )
    block = Block("Every catalogued lie", header, rows, anchor="lies", stacked=True)
    return {"lead": lead, "tiles": tiles, "blocks": [block], "pictures": []}


def _provenance(source: Source) -> Mapping[str, Any]:
    suffix = catalog.RECEIPT_SUFFIX
    given = {n.removesuffix(suffix): p for n, p in source.inputs.items() if n.endswith(suffix)}
    rows = lineage.made(given)
    kept = sum(row.kept for row in rows)
    tiles = [
        ("made in the last run", f"{len(rows) - kept:,}", "#receipts"),
        ("kept, a cache hit", f"{kept:,}", "#receipts"),
        ("seconds to make them", _seconds(rows, kept=False), "#receipts"),
        ("seconds saved by keeping", _seconds(rows, kept=True), "#receipts"),
    ]
    lead = (
        "Every artifact lies beside a receipt with the SHA-256 of its bytes, of its inputs, of the "
        "code that made it and of the compiled core. Times are those of this machine."
    )
    blocks = [_receipts(rows), *_machine(source)]
    graph = Markup(lineage.graph(rows))
    return {"lead": lead, "tiles": tiles, "graph": graph, "blocks": blocks, "pictures": []}


def _seconds(rows: list[lineage.Made], *, kept: bool) -> str:
    return f"{sum(row.seconds for row in rows if row.kept is kept):,.0f}"


def _receipts(rows: list[lineage.Made]) -> Block:
    cost = ("seconds", "megabytes", "started")
    header = ("artifact", "state", *cost, "run", "inputs", "SHA-256", "receipt")
    cells = []
    for row in rows:
        artifact = catalog.BY_PATH[row.path]
        place, receipt = _places(artifact)
        state = "kept" if row.kept else "made"
        cells.append(
            (
                place,
                Cell(state, state=state),
                plain(row.seconds),
                plain(round(row.megabytes)),
                Cell(row.started.replace("T", " ").removesuffix("Z")),
                Cell(row.run),
                plain(row.inputs),
                Cell(row.sha256[:12]),
                receipt,
            )
        )
    return Block("Receipts", header, tuple(cells), anchor="receipts", stacked=True)


def _machine(source: Source) -> Iterator[Block]:
    document = strict_json.read(source.inputs[catalog.MANIFEST.path])
    for name in ("machine", "build", "versions"):
        pairs = tuple((Cell(k.replace("_", " ")), plain(v)) for k, v in document[name].items())
        yield Block(plan.words(name), ("name", "value"), pairs, anchor=name, pairs=True)

"""Checks a validation pack that someone else made: ``python -m tasks.evidence.verify PACK``.

Every claim in the pack ends as *verified* (recomputed here, or bound by digests that agree),
*recorded only* (a measurement, or something that this machine cannot recompute) or *refused*.
Exit code 0 when nothing is refused, else 2.

What this cannot show: that the author did not run other tools before. Hashes that an author wrote
detect accidents and hand edits; recomputing detects the rest as far as it reaches.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from tasks.evidence import catalog, crate, receipts, repository, sources, tolerances, zip_rules
from tasks.evidence.catalog import Artifact
from tasks.evidence.checks import (
    benchmarks,
    bundles,
    convergence,
    figures,
    instruction_counts,
    listing,
    parity,
    report,
    wrds,
)
from tasks.evidence.checks.evidence import Evidence, load
from tasks.evidence.claims import EXIT_REFUSED, RECORDED, REFUSED, VERIFIED, Claim, table
from tasks.evidence.code import SourceTree
from tasks.evidence.digest import sha256_bytes, sha256_file
from tasks.evidence.faults import EvidenceFault, Finding, reasons


def expected_members() -> set[str]:
    """Names that a pack holds: nothing more, nothing less."""
    names = {a.path for a in catalog.packed()} | {catalog.TOLERANCES, crate.NAME}
    names |= {a.receipt for a in (*catalog.REQUIRED, catalog.GATE_REPORT)}
    return names


def verify(pack: Path) -> list[Claim]:
    """Claims of a pack in the order: container, bytes, code, figures, samples, timings."""
    try:
        members = zip_rules.read_members(pack)
    except EvidenceFault as error:
        return [Claim("container", REFUSED, text) for text in error.faults]
    claims = [Claim("container", VERIFIED, f"{len(members)} members, canonical bytes")]
    claims += _member_claims(members)
    with tempfile.TemporaryDirectory(prefix="strikeproof-verify-") as folder:
        root = Path(folder)
        for name in members.keys() & expected_members():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(members[name])
        claims += _content_claims(root)
    return claims


def _member_claims(members: Mapping[str, bytes]) -> Iterator[Claim]:
    expected = expected_members()
    for name in sorted(expected - members.keys()):
        yield Claim("members", REFUSED, f"missing member {name}")
    for name in sorted(members.keys() - expected):
        yield Claim("members", REFUSED, f"unexpected member {name}")
    if crate.NAME in members and members[crate.NAME] != crate.metadata(members):
        yield Claim("members", REFUSED, f"{crate.NAME} does not describe these members")
    elif expected == members.keys():
        yield Claim("members", VERIFIED, "exactly the required evidence")


def _content_claims(root: Path) -> Iterator[Claim]:
    try:
        bounds = tolerances.parse((root / catalog.TOLERANCES).read_bytes())
    except (OSError, ValueError) as error:
        yield from (Claim("tolerances", REFUSED, text) for text in reasons(_as_value(error)))
        return
    yield _same_file("tolerances", root / catalog.TOLERANCES, repository.ROOT / catalog.TOLERANCES)
    artifacts = tuple(a for a in catalog.REQUIRED if a.packed)
    evidence = load(root, None, None, bounds, artifacts)
    yield from (Claim("schemas", REFUSED, str(finding)) for finding in evidence.findings)
    if not evidence.findings:
        yield Claim("schemas", VERIFIED, f"{len(artifacts)} artifacts read under their schemas")
    yield from _receipt_claims(evidence)
    yield from _checked("figures", figures.check, evidence, "recomputed from the raw artifacts")
    yield from _checked("manifest", listing.check, evidence, "lists every artifact, true digests")
    again = f"{parity.SAMPLED_ROWS} sampled rows priced anew by both libraries"
    yield from _checked("parity", parity.check_portable, evidence, again)
    anew = "sampled rows of every study computed anew"
    yield from _checked("convergence", convergence.check_portable, evidence, anew)
    yield from _checked("wrds sample", wrds.check, evidence, "as-of rules hold row by row")
    tried = "complete list; sampled lies refused anew"
    yield from _checked("bundle refusals", bundles.check, evidence, tried)
    shown = "shows the summary's figures, all of them"
    yield from _checked("report", report.check, evidence, shown)
    built = "Release build, complete plan; the times are the author's"
    yield from _checked("benchmarks", benchmarks.check_report, evidence, built, RECORDED)
    counted = "complete plan; the counts are the author's"
    check = instruction_counts.check_table
    yield from _checked("instruction counts", check, evidence, counted, RECORDED)


def _as_value(error: Exception) -> ValueError:
    return error if isinstance(error, ValueError) else ValueError(str(error))


def _same_file(subject: str, theirs: Path, ours: Path) -> Claim:
    if ours.is_file() and sha256_file(theirs) == sha256_file(ours):
        return Claim(subject, VERIFIED, "the same bytes as in this checkout")
    return Claim(subject, RECORDED, "not the bytes of this checkout: read them")


def _checked(
    subject: str,
    check: Callable[[Evidence], Iterator[Finding]],
    evidence: Evidence,
    meaning: str,
    passed: str = VERIFIED,
) -> Iterator[Claim]:
    try:
        findings = list(check(evidence))
    except Exception as error:  # whatever the pack did to the check: refuse
        yield Claim(subject, REFUSED, f"check broke: {type(error).__name__}: {error}")
        return
    yield from (Claim(subject, REFUSED, f"{f.path}: {f.problem}") for f in findings)
    if not findings:
        yield Claim(subject, passed, meaning)


def _receipt_claims(evidence: Evidence) -> Iterator[Claim]:
    """Receipts agree with the bytes, with each other, and with the code of this checkout."""
    bad: list[str] = []
    foreign: set[str] = set()
    tree = SourceTree(repository.ROOT)
    for artifact in (*evidence.artifacts, *_unpacked()):
        receipt = evidence.receipts.get(artifact.path) or _receipt(artifact, evidence.root)
        if receipt is None:
            continue  # reported when it was read
        bad += _inner_faults(artifact, receipt, evidence)
        foreign |= set(_foreign(artifact, receipt, tree))
    yield from (Claim("receipts", REFUSED, text) for text in bad)
    if not bad:
        yield Claim("receipts", VERIFIED, "outputs and inputs agree throughout the pack")
    if foreign:
        names = ", ".join(sorted(foreign)[:4]) + (" ..." if len(foreign) > 4 else "")
        yield Claim("code and core", RECORDED, f"{len(foreign)} inputs differ here: {names}")
    else:
        yield Claim("code and core", VERIFIED, "made by the code, core and versions found here")


def _unpacked() -> tuple[Artifact, ...]:
    return tuple(a for a in catalog.REQUIRED if not a.packed)


def _receipt(artifact: Artifact, root: Path) -> receipts.Receipt | None:
    try:
        return receipts.parse((root / artifact.receipt).read_bytes())
    except (OSError, ValueError):
        return None


def _inner_faults(
    artifact: Artifact, receipt: receipts.Receipt, evidence: Evidence
) -> Iterator[str]:
    path = evidence.root / artifact.path
    if set(receipt.outputs) != {artifact.path}:
        yield f"{artifact.receipt} is of {', '.join(receipt.outputs) or 'nothing'}"
    elif path.is_file() and sha256_bytes(path.read_bytes()) != receipt.outputs[artifact.path]:
        yield f"{artifact.path}: sha256 mismatch with its receipt"
    if receipt.recipe.build != artifact.build:
        yield f"{artifact.path} was made by {receipt.recipe.build}, not {artifact.build}"
    if artifact.profiled and receipt.recipe.config.get("profile") != evidence.profile:
        made = receipt.recipe.config.get("profile")
        yield f"{artifact.path}: profile {made} cannot satisfy {evidence.profile}"
    for source in set(artifact.inputs.values()):
        if source == catalog.CORE:
            if not any(catalog.is_core(name) for name in receipt.recipe.inputs):
                yield f"{artifact.receipt} names no input {source}"
            continue
        recorded = receipt.recipe.inputs.get(source)
        other = evidence.root / source
        if recorded is None:
            yield f"{artifact.receipt} names no input {source}"
        elif other.is_file() and sha256_file(other) != recorded:
            yield f"{artifact.path} was made from another {source} than the pack's"


def _foreign(artifact: Artifact, receipt: receipts.Receipt, tree: SourceTree) -> Iterator[str]:
    """Inputs that are neither in the pack nor the same here."""
    module = artifact.build.partition(":")[0]
    here = sources.code_digests(module, tree=tree)
    if catalog.CORE in artifact.inputs.values():
        found = sources.core_path().is_file()
        here |= sources.core_digests(module, tree=tree) if found else {catalog.CORE: "absent"}
    for source in set(artifact.inputs.values()) - {catalog.CORE}:
        inside = source in catalog.BY_PATH or source.endswith(catalog.RECEIPT_SUFFIX)
        if not inside and not source.startswith(catalog.IF_THERE):
            path = sources.resolve(source)
            here[source] = sha256_file(path) if path.is_file() else "absent"
    for name, digest in here.items():
        if receipt.recipe.inputs.get(name) != digest:
            yield name
    for name, version in sources.versions().items():
        if receipt.recipe.versions.get(name) != version:
            yield f"version of {name}"


def main(arguments: list[str] | None = None) -> int:
    """Command line of the verifier; returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m tasks.evidence.verify",
        description="Check a validation pack that someone else made.",
    )
    parser.add_argument("pack", type=Path, help="path of the zip")
    options = parser.parse_args(arguments)
    claims = verify(options.pack)
    sys.stdout.write(table(claims))
    return EXIT_REFUSED if any(claim.state == REFUSED for claim in claims) else 0


if __name__ == "__main__":
    raise SystemExit(main())

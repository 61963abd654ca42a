"""RO-Crate metadata of a pack, so that tools that never heard of it can read what it holds.

RO-Crate Metadata Specification 1.1, https://w3id.org/ro/crate/1.1.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tasks.evidence import catalog
from tasks.evidence.digest import canonical_json, sha256_bytes

NAME = "ro-crate-metadata.json"
_SPECIFICATION = "https://w3id.org/ro/crate/1.1"
_PUBLISHED = "1980-01-01"  # the date that every member of a pack bears
_KINDS = {
    ".csv": "text/csv",
    ".html": "text/html",
    ".js": "text/javascript",
    ".json": "application/json",
    ".md": "text/markdown",
    ".parquet": "application/vnd.apache.parquet",
    ".png": "image/png",
    ".toml": "application/toml",
}


def metadata(members: Mapping[str, bytes]) -> bytes:
    """JSON-LD text that describes the members of a pack; a function of their bytes alone."""
    files = [_file(name, members[name]) for name in sorted(members) if name != NAME]
    root = {
        "@id": "./",
        "@type": "Dataset",
        "name": "strikeproof validation pack",
        "description": "Evidence of an option-pricing library: artifacts, receipts, tolerances",
        "datePublished": _PUBLISHED,
        "license": {"@id": "https://spdx.org/licenses/MIT"},
        "hasPart": [{"@id": file["@id"]} for file in files],
    }
    descriptor = {
        "@id": NAME,
        "@type": "CreativeWork",
        "conformsTo": {"@id": _SPECIFICATION},
        "about": {"@id": "./"},
    }
    context = _SPECIFICATION + "/context"
    return canonical_json({"@context": context, "@graph": [descriptor, root, *files]})


def _file(name: str, data: bytes) -> dict[str, Any]:
    artifact = catalog.BY_PATH.get(name)
    suffix = "." + name.rpartition(".")[2]
    receipt = name.endswith(catalog.RECEIPT_SUFFIX)
    title = artifact.title if artifact else "in-toto receipt" if receipt else "tolerances"
    return {
        "@id": name,
        "@type": "File",
        "name": title,
        "contentSize": str(len(data)),
        "encodingFormat": _KINDS.get(suffix, "application/octet-stream"),
        "sha256": sha256_bytes(data),
    }

"""Where the inputs of an artifact lie, and what they hash to: data, code, the compiled core.

Of the compiled core an artifact depends on the parts that its maker can reach: ``@core/barrier``;
where these cannot be told, on the extension module as a whole: ``@core``.
"""

from __future__ import annotations

import sys
import sysconfig
from collections.abc import Callable, Iterable
from functools import lru_cache
from importlib import metadata
from pathlib import Path

from tasks.evidence import catalog, core_parts
from tasks.evidence.catalog import Artifact
from tasks.evidence.code import SourceTree
from tasks.evidence.digest import sha256_file
from tasks.evidence.repository import ROOT

ABSENT = "absent"  # in the place of the digest of an optional input that is not there
BENCHMARK_BINARY_PATH = "build/bin/strikeproof_benchmarks"
COUNTS_BINARY_PATH = "build/bin/strikeproof_counts"

# Third-party packages whose version can change the bytes of an artifact.
_VERSIONED = (
    "QuantLib",
    "altair",
    "dataframely",
    "holidays",
    "jinja2",
    "matplotlib",
    "mpmath",
    "numpy",
    "polars",
    "pydantic",
    "vl-convert-python",
)


def core_path() -> Path:
    """Extension module that ``import strikeproof`` loads in this environment; it may be missing."""
    package = Path(sysconfig.get_path("platlib")) / "strikeproof"
    found = sorted(package.glob("_core*.so")) + sorted(package.glob("_core*.pyd"))
    return found[0] if found else package / "_core.abi3.so"


def resolve(source: str, root: Path = ROOT) -> Path:
    """Path of an input named in the catalog."""
    if source == catalog.CORE:
        return core_path()
    if source == catalog.BENCHMARK_BINARY:
        return ROOT / BENCHMARK_BINARY_PATH
    if source == catalog.COUNTS_BINARY:
        return ROOT / COUNTS_BINARY_PATH
    return root / source.removeprefix(catalog.IF_THERE)


def input_paths(artifact: Artifact, root: Path = ROOT) -> dict[str, Path]:
    """Inputs of an artifact by name, as its maker receives them; optional ones where they are."""
    found = {name: resolve(source, root) for name, source in artifact.inputs.items()}
    optional = {name for name, source in artifact.inputs.items() if _optional(source)}
    return {name: p for name, p in found.items() if name not in optional or p.is_file()}


def _optional(source: str) -> bool:
    return source.startswith(catalog.IF_THERE)


def input_digests(
    artifact: Artifact,
    root: Path = ROOT,
    hashed: Callable[[Path], str] = sha256_file,
    tree: SourceTree | None = None,
) -> dict[str, str]:
    """SHA-256 of everything that shapes an artifact, by catalog name or repository path.

    `hashed` gives a file's digest: who asks for many artifacts at one moment may remember it, and
    keep one `tree` of our sources.

    Raises
    ------
    FileNotFoundError
        An input is missing; the message names it.
    """
    module = artifact.build.partition(":")[0]
    named = set(artifact.inputs.values())
    digests = {}
    for source in named - {catalog.CORE}:
        path = resolve(source, root)
        absent = _optional(source) and not path.is_file()
        digests[source] = ABSENT if absent else hashed(path)
    if catalog.CORE in named:
        digests |= core_digests(module, hashed, tree)
    return digests | code_digests(module, hashed, tree)


def core_digests(
    module: str,
    hashed: Callable[[Path], str] = sha256_file,
    tree: SourceTree | None = None,
) -> dict[str, str]:
    """SHA-256 of each part of the compiled core that `module` can reach, or of the whole.

    Raises
    ------
    FileNotFoundError
        There is no compiled core.
    """
    whole = hashed(core_path())
    parts = core_parts.load(whole)
    names = (tree or SourceTree(ROOT)).core_names(module)
    found = None if parts is None or names is None else parts.of(names)
    if found is None:
        return {catalog.CORE: whole}
    return {catalog.core_part(part): digest for part, digest in found.items()}


def code_digests(
    module: str,
    hashed: Callable[[Path], str] = sha256_file,
    tree: SourceTree | None = None,
) -> dict[str, str]:
    """SHA-256 of each of our source files that `module` imports, by repository path."""
    files = (tree or SourceTree(ROOT)).closure(module)
    return {path.relative_to(ROOT).as_posix(): hashed(path) for path in files}


@lru_cache(maxsize=1)
def versions() -> dict[str, str]:
    """Versions of Python and of the packages that can change an artifact's bytes."""
    found = {"python": ".".join(map(str, sys.version_info[:3]))}
    return found | package_versions(_VERSIONED)


def package_versions(names: Iterable[str]) -> dict[str, str]:
    """Installed version of each distribution; "absent" where one is not installed."""
    found = {}
    for name in names:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            found[name] = "absent"
    return found

"""Which of our own source files shape an artifact: the closure of a module's imports.

The closure is read from the syntax tree, not by importing, so that a check costs milliseconds and
runs nothing. Imports inside functions count as well. Only the packages of this repository are
followed; third-party packages enter a receipt by version.
"""

from __future__ import annotations

import ast
from functools import lru_cache
from pathlib import Path

# Import name of each package of ours, and its folder below the repository root.
PACKAGES = {
    "strikeproof": "core/python/strikeproof",
    "tasks": "tasks",
    "wrds_pipeline": "wrds_pipeline",
}


def module_file(module: str, root: Path) -> Path | None:
    """Source file of one of our modules; None for a module that is not ours or does not exist."""
    head, *rest = module.split(".")
    if head not in PACKAGES:
        return None
    base = root.joinpath(PACKAGES[head], *rest)
    for candidate in (base / "__init__.py", base.with_suffix(".py")):
        if candidate.is_file():
            return candidate
    return None


@lru_cache(maxsize=512)
def _imported_names(source: bytes, package: str) -> frozenset[str]:
    """Absolute dotted names that a source text imports; `package` resolves relative imports."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                parents = package.split(".")
                base = ".".join(parents[: len(parents) - node.level + 1] + ([base] if base else []))
            names.add(base)
            names.update(f"{base}.{alias.name}" for alias in node.names)
    return frozenset(names)


def code_closure(module: str, root: Path) -> list[Path]:
    """Files of this repository that `module` imports, directly or not, itself included, sorted.

    Parameters
    ----------
    module : str
        Dotted name, such as ``tasks.evidence.parity``.
    root : Path
        Repository root.

    Raises
    ------
    ValueError
        `module` is not a module of this repository.
    """
    if module_file(module, root) is None:
        raise ValueError(f"module {module!r} is not a source file of this repository")
    files: set[Path] = set()
    seen: set[str] = set()
    pending = [module]
    while pending:
        name = pending.pop()
        parts = name.split(".")
        for depth in range(1, len(parts) + 1):  # a package's __init__ runs before its modules
            dotted = ".".join(parts[:depth])
            if dotted in seen:
                continue
            seen.add(dotted)
            path = module_file(dotted, root)
            if path is None:
                continue
            files.add(path)
            package = dotted if path.name == "__init__.py" else dotted.rpartition(".")[0]
            pending.extend(_imported_names(path.read_bytes(), package))
    return sorted(files)

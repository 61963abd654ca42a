"""Pages that follow from the sources: ``python docs/site/pages.py build/docs_source``.

Copies docs/site and adds

* a page for each public Python module (autodoc reads its docstrings),
* a page for each public C++ header: its head, then each ``///`` comment with its declaration,
* to each theory page the heads of its sources in core/src, which are the bibliographies,
* the pages of docs/ and the figures of docs/artifacts, said to be absent where they are.
"""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path

SITE = Path(__file__).resolve().parent
DOCS = SITE.parent
ROOT = DOCS.parent
PACKAGE = ROOT / "core/python/strikeproof"
HEADERS = ROOT / "core/include/strikeproof"
SOURCES = ROOT / "core/src"
SHARED = (
    "Status",
    "_greeks.Greeks",
    "_two_assets.TwoAssetGreeks",
    "_calibration.Calibration",
    "_volatility_surface.Violation",
)
INCLUDED = ("conventions", "DEPENDENCIES", "PLAN_OF_RECORD", "SECURITY")

# Title, sources and text of each theory page; the text is docs/site/theory/<name>.md.
FAMILIES = {
    "european": ("black_scholes", "black_scholes_volatility", "black", "bachelier"),
    "american": (
        "american",
        "american_careful",
        "american_scheme",
        "american_two_boundaries",
        "american_approximation",
    ),
    "grids": ("lattice", "finite_difference", "heston_finite_difference"),
    "heston": (
        "heston",
        "heston_characteristic",
        "heston_contour",
        "heston_wing",
        "heston_calibration",
    ),
    "jumps": ("bates", "kou", "variance_gamma"),
    "smiles": ("svi", "svi_arbitrage", "svi_calibration", "ssvi", "ssvi_calibration"),
    "simulation": (
        *sorted(f"monte_carlo/{path.stem}" for path in (SOURCES / "monte_carlo").glob("*.cpp")),
        "random",
    ),
    "dividends": ("dividends", "term_structure"),
    "barriers": (
        "digital",
        "touch",
        "barrier",
        "discrete_barrier",
        "double_barrier",
        "partial_barrier",
    ),
    "paths": ("asian", "asian_average", "lookback"),
    "several_assets": ("exchange", "rainbow", "many_assets", "spread", "basket", "basket_factors"),
}


def head(path: Path) -> list[str]:
    """Lines of the comment that a source begins with, without slashes."""
    lines = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if not line.startswith("//"):
            break
        lines.append(line[2:].removeprefix(" "))
    return lines


def escaped(text: str) -> str:
    """Prose that Markdown shows as it stands."""
    return re.sub(r"([\\`*_<>$\[\]|#{}^~])", r"\\\1", text)


def prose(lines: list[str]) -> str:
    """Paragraphs as text, indented lines as a block with its columns, references as a list."""
    blocks: list[str] = []
    for block in re.split(r"\n\s*\n", "\n".join(lines).strip("\n")):
        rows = block.splitlines()
        while rows:
            kept = rows[0].startswith("  ")
            count = 0
            while count < len(rows) and rows[count].startswith("  ") == kept:
                count += 1
            part, rows = rows[:count], rows[count:]
            if kept and blocks and blocks[-1].startswith("* "):
                blocks[-1] += " " + escaped(" ".join(row.strip() for row in part))
            elif kept:
                blocks.append("```text\n" + "\n".join(map(formula, part)) + "\n```")
            else:
                blocks += paragraphs(part)
    return "\n\n".join(blocks)


def formula(row: str) -> str:
    """A formula's line, its reference at the right margin drawn near: pages are narrower."""
    return re.sub(r" {3,}(\[[^\]]+\])$", r"   \1", row[2:])


def paragraphs(rows: list[str]) -> list[str]:
    """One paragraph, or an item for each reference ``[n] ...``."""
    found: list[list[str]] = [[]]
    for row in rows:
        if re.match(r"\[\d+\] ", row):
            found.append(["* " + escaped(row)])
        else:
            found[-1].append(escaped(row))
    return [" ".join(lines) for lines in found if lines]


def write(path: Path, text: str) -> None:
    """Write a page, its folder made when missing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text.rstrip("\n") + "\n", encoding="utf-8")


def index(title: str, text: str, names: list[str]) -> str:
    """Page that lists others."""
    return f"# {title}\n\n{text}\n\n```{{toctree}}\n:maxdepth: 1\n\n" + "\n".join(names) + "\n```\n"


def python_pages(target: Path) -> None:
    """A page for each module whose name is public."""
    names = sorted(p.stem for p in PACKAGE.glob("*.py") if not p.stem.startswith("_"))
    for name in names:
        module = f"strikeproof.{name}"
        write(
            target / f"{name}.md",
            f"# {name}\n\n```{{eval-rst}}\n.. automodule:: {module}\n   :members:\n```\n",
        )
    parts = ["# Shared results", "What several modules return.", "```{eval-rst}"]
    parts += [f".. autoclass:: strikeproof.{name}\n   :members:" for name in SHARED]
    write(target / "shared.md", "\n\n".join([*parts, "```"]))
    text = "Arguments are keyword-only and broadcast by NumPy's rules."
    write(target / "index.md", index("Python reference", text, ["shared", *names]))


def declarations(text: str) -> list[tuple[list[str], str]]:
    """Each run of ``///`` lines and the declaration that follows it."""
    lines, found, at = text.splitlines(), [], 0
    while at < len(lines):
        if not lines[at].lstrip().startswith("///"):
            at += 1
            continue
        comment = []
        while at < len(lines) and lines[at].lstrip().startswith("///"):
            comment.append(lines[at].lstrip()[3:].removeprefix(" "))
            at += 1
        code: list[str] = []
        while at < len(lines) and not complete("\n".join(code)):
            code.append(lines[at])
            at += 1
        found.append((comment, "\n".join(code)))
    return found


def complete(code: str) -> bool:
    """Whether braces and parentheses are closed and the last line ends a declaration."""
    bare = re.sub(r"//.*", "", code).rstrip()
    closed = bare.count("{") == bare.count("}") and bare.count("(") == bare.count(")")
    return closed and bare.endswith((";", "}"))


def cpp_pages(target: Path) -> None:
    """A page for each header, from its comments."""
    names = sorted(path.stem for path in HEADERS.glob("*.hpp"))
    for name in names:
        path = HEADERS / f"{name}.hpp"
        parts = [f"# {name}.hpp", f"`#include <strikeproof/{name}.hpp>`", prose(head(path))]
        for comment, code in declarations(path.read_text(encoding="utf-8")):
            parts += [f"```cpp\n{code}\n```", " ".join(escaped(line) for line in comment)]
        write(target / f"{name}.md", "\n\n".join(parts))
    text = "One header an engine; errors are values of `Status`, never exceptions of a kernel."
    write(target / "index.md", index("C++ reference", text, names))


def theory_pages(target: Path) -> None:
    """To each page of theory the heads of its sources."""
    for name, sources in FAMILIES.items():
        page = (SITE / "theory" / f"{name}.md").read_text(encoding="utf-8")
        parts = [page.rstrip("\n"), "## As the sources state it"]
        for source in sources:
            parts += [f"### {source}.cpp", prose(head(SOURCES / f"{source}.cpp"))]
        write(target / f"{name}.md", "\n\n".join(parts))
    text = "What each engine computes, how, and after whom."
    write(target / "index.md", index("Theory", text, list(FAMILIES)))


def figures(target: Path) -> None:
    """What the last run of the graph says of speed and accuracy."""
    summary = sorted((DOCS / "artifacts").rglob("*summary*.md"))
    pictures = sorted((DOCS / "artifacts").rglob("*.png"))
    parts = ["# Speed and accuracy"]
    if not summary and not pictures:
        parts.append(
            "These pages were built where the graph had not been run: there are no figures to "
            "show. `.venv/bin/doit`, then `.venv/bin/doit docs`, shows them."
        )
    else:
        parts.append("Made by the task graph and copied as they are, each with its receipt there.")
    texts = [path.read_text(encoding="utf-8") for path in summary]
    parts += [re.sub(r"^#", "##", text, flags=re.MULTILINE) for text in texts]
    for path in pictures:
        name = "_".join(path.relative_to(DOCS / "artifacts").parts)
        (target / "pictures").mkdir(exist_ok=True)
        shutil.copyfile(path, target / "pictures" / name)
        parts += [f"## {path.stem.replace('_', ' ')}", f"![{path.stem}](pictures/{name})"]
    write(target / "figures.md", "\n\n".join(parts))


def main(target: Path) -> None:
    """Fill `target` with every page."""
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(SITE, target, ignore=shutil.ignore_patterns("__pycache__", "pages.py"))
    python_pages(target / "python")
    cpp_pages(target / "cpp")
    theory_pages(target / "theory")
    figures(target)
    for name in INCLUDED:
        write(target / "house" / f"{name}.md", (DOCS / f"{name}.md").read_text(encoding="utf-8"))


if __name__ == "__main__":
    main(Path(sys.argv[1]))

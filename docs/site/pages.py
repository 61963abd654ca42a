"""Pages that follow from the sources: ``python docs/site/pages.py build/docs_source``.

Copies docs/site and adds

* a page for each public Python module (autodoc reads its docstrings),
* a page for each public C++ header: its head, then each ``///`` comment with its declaration,
* to each theory page the heads of its sources in core/src, which are the bibliographies,
* to the comparison its tables (measured.py),
* the pages of docs/ and the figures of docs/artifacts, said to be absent where they are.
"""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path

import measured

from tasks.evidence import catalog

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

# Chapters of the theory; the text of a page is docs/site/theory/<name>.md.
CHAPTERS = {
    "European options": ("black_scholes", "implied_volatility", "bachelier", "forwards"),
    "American options": ("american", "american_approximation", "lattice", "dividends"),
    "Smiles and jumps": ("heston", "bates", "kou", "variance_gamma", "fourier", "calibration"),
    "Surfaces and curves": ("svi", "ssvi", "term_structure"),
    "Digitals, barriers, paths": (
        "digital",
        "barrier",
        "double_barrier",
        "partial_barrier",
        "asian",
        "lookback",
    ),
    "Several assets": ("exchange", "rainbow", "spread", "basket", "portfolio"),
    "Grids": ("finite_difference", "heston_finite_difference"),
    "Simulation": (
        "monte_carlo",
        "paths",
        "quasi_monte_carlo",
        "early_exercise",
        "simulated_greeks",
    ),
}
# Public modules that a page explains, where it is not the one of its own name.
ENGINES = {
    "black_scholes": ("black_scholes", "black"),
    "implied_volatility": ("black_scholes", "quotes"),
    "bates": ("merton", "bates"),
    "fourier": ("heston", "kou", "variance_gamma"),
    "calibration": ("heston", "bates"),
    "paths": ("monte_carlo",),
    "quasi_monte_carlo": ("random",),
    "early_exercise": ("monte_carlo",),
    "simulated_greeks": ("monte_carlo",),
}
_PATHS = "monte_carlo/"
# Sources whose heads stand below a page, as bibliographies; .cpp unless said.
FAMILIES = {
    "black_scholes": ("black_scholes", "black"),
    "implied_volatility": ("black_scholes_volatility",),
    "bachelier": ("bachelier",),
    "forwards": (),
    "american": (
        "simd/american_kernel.hpp",
        "american_scheme",
        "american_two_boundaries",
        "american_careful",
    ),
    "american_approximation": ("american_approximation",),
    "lattice": ("lattice",),
    "dividends": ("dividends",),
    "heston": ("heston", "heston_characteristic", "heston_contour", "heston_wing"),
    "bates": ("bates",),
    "kou": ("kou",),
    "variance_gamma": ("variance_gamma",),
    "fourier": ("numeric/fourier.hpp",),
    "calibration": ("heston_calibration", "numeric/levenberg_marquardt.hpp"),
    "svi": ("svi", "svi_arbitrage", "svi_calibration", "svi_start.hpp", "svi_domain.hpp"),
    "ssvi": ("ssvi", "ssvi_calibration", "ssvi_domain.hpp"),
    "term_structure": ("term_structure",),
    "digital": ("digital", "touch", "hitting_discount.hpp"),
    "barrier": ("barrier", "first_passage.hpp", "discrete_barrier"),
    "double_barrier": ("double_barrier",),
    "partial_barrier": ("partial_barrier",),
    "asian": ("asian", "asian_average"),
    "lookback": ("lookback",),
    "exchange": ("exchange",),
    "rainbow": ("rainbow", "many_assets"),
    "spread": ("spread",),
    "basket": ("basket", "basket_factors"),
    "portfolio": ("portfolio", "math/compensated_sum.hpp"),
    "finite_difference": (
        "finite_difference",
        "numeric/time_stepper.hpp",
        "numeric/spot_grid.hpp",
        "numeric/richardson.hpp",
    ),
    "heston_finite_difference": ("heston_finite_difference",),
    "monte_carlo": (
        f"{_PATHS}engine",
        f"{_PATHS}estimate",
        "simd/path_kernel.hpp",
        f"{_PATHS}payoffs/asian",
        f"{_PATHS}payoffs/geometric_basket",
        f"{_PATHS}payoffs/barrier",
        f"{_PATHS}payoffs/lookback",
    ),
    "paths": (
        f"{_PATHS}lognormal_step",
        f"{_PATHS}merton_paths",
        f"{_PATHS}heston_paths",
        "simd/dynamics_kernel.hpp",
        f"{_PATHS}heston_almost_exact",
        f"{_PATHS}heston_bridge",
        f"{_PATHS}local_volatility_paths",
    ),
    "quasi_monte_carlo": ("random", "simd/random_kernel.hpp", f"{_PATHS}numbers"),
    "early_exercise": (
        f"{_PATHS}exercise_policy",
        f"{_PATHS}exercise_training",
        f"{_PATHS}exercise_bounds",
        f"{_PATHS}least_squares",
    ),
    "simulated_greeks": (
        f"{_PATHS}greeks_pathwise",
        f"{_PATHS}greeks_scores",
        f"{_PATHS}greeks_likelihood_ratio",
        f"{_PATHS}greeks_bumped",
    ),
}


def source_path(name: str) -> Path:
    """Path of a source of `FAMILIES`; math/compensated_sum.hpp and its like are public headers."""
    file = name if "." in name else f"{name}.cpp"
    return SOURCES / file if (SOURCES / file).is_file() else HEADERS / file


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
        if re.match(r"\[\d+\] (?:[A-Z]|del )", row):  # not "[1] gives ..."
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
    """To each page of theory its modules, and the heads of its sources."""
    for name, sources in FAMILIES.items():
        page = (SITE / "theory" / f"{name}.md").read_text(encoding="utf-8")
        title, _, text = page.partition("\n")
        modules = ENGINES.get(name, (name,))
        links = ", ".join(f"[`strikeproof.{m}`](../python/{m}.md)" for m in modules)
        parts = [title, f"In Python: {links}.", text.strip("\n")]
        if sources:
            parts.append("## As the sources state it")
        for source in sources:
            path = source_path(source)
            parts += [f"### {path.name}", prose(head(path))]
        write(target / f"{name}.md", "\n\n".join(parts))
    lead = (
        "What each engine computes, how, and after whom. The Python at the end of a page takes "
        "its formulas at their word and compares them with the engine; it runs as a test."
    )
    trees = [
        f"```{{toctree}}\n:caption: {chapter}\n:maxdepth: 1\n\n" + "\n".join(names) + "\n```"
        for chapter, names in CHAPTERS.items()
    ]
    write(target / "index.md", "\n\n".join(["# Theory", lead, *trees]))


def figures(target: Path) -> None:
    """Pages of speed and of accuracy: what the last run of the graph says, its pictures beside."""
    artifacts = DOCS / "artifacts"
    summary = artifacts / "metrics_summary.md"
    text = summary.read_text(encoding="utf-8") if summary.is_file() else ""
    lead, *sections = re.split(r"^(?=## )", text, flags=re.MULTILINE)
    lead = re.sub(r"^# .*\n", "", lead)  # the page has a title of its own
    peers = artifacts / "peers" / "peers.md"
    if peers.is_file():
        own = re.sub(r"^#", "##", peers.read_text(encoding="utf-8"), flags=re.MULTILINE)
        sections.append(own)
    pictures = [p for p in catalog.BY_PATH.values() if p.path.endswith(".png")]
    profile = lead.strip().partition("\n\n")[0]
    for page, title, chosen, top in (
        ("speed", "Speed", True, profile),
        ("accuracy", "Accuracy", False, lead),
    ):
        parts = [f"# {title}", top if sections else NO_FIGURES]
        for picture in pictures:
            if (ROOT / picture.path).is_file() and _is_speed(picture.family) is chosen:
                name = "_".join(Path(picture.path).relative_to("docs/artifacts").parts)
                shutil.copyfile(ROOT / picture.path, target / "pictures" / name)
                parts += [f"## {picture.title}", f"![{picture.title}](pictures/{name})"]
        parts += [part for part in sections if _is_speed(part.splitlines()[0]) is chosen]
        write(target / f"{page}.md", "\n\n".join(parts))


NO_FIGURES = (
    "These pages were built where the graph had not been run: there are no figures to show. "
    "`.venv/bin/doit`, then `.venv/bin/doit docs`, shows them."
)


def _is_speed(name: str) -> bool:
    """Whether a family, or the heading of its figures, is about time."""
    words = ("benchmark", "instruction", "frontier", "peers", "packages", "qmc", "time")
    return any(word in name.lower() for word in words)


def main(target: Path) -> None:
    """Fill `target` with every page."""
    shutil.rmtree(target, ignore_errors=True)
    own = shutil.ignore_patterns("__pycache__", "pages.py", "measured.py", "data")
    shutil.copytree(SITE, target, ignore=own)
    write(target / "comparison.md", measured.filled((SITE / "comparison.md").read_text("utf-8")))
    shutil.copytree(DOCS / "pictures", target / "pictures")
    python_pages(target / "python")
    cpp_pages(target / "cpp")
    theory_pages(target / "theory")
    figures(target)
    for name in INCLUDED:
        write(target / "house" / f"{name}.md", (DOCS / f"{name}.md").read_text(encoding="utf-8"))


if __name__ == "__main__":
    main(Path(sys.argv[1]))

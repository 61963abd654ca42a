"""The documentation's pages run: their Python, their commands, what they say is printed."""

import re
import subprocess
import sys

import pytest

from tests.python import page_blocks

ROOT = page_blocks.ROOT
SITE = ROOT / "docs" / "site"
TEXTS = {str(path.relative_to(SITE)): path.read_text("utf-8") for path in SITE.rglob("*.md")}
PAGES = sorted(name for name, text in TEXTS.items() if page_blocks.blocks(text))
SLOW = [name for name in PAGES if any(b.mark == "slow" for b in page_blocks.blocks(TEXTS[name]))]
COMMANDS = [(name, b) for name in PAGES for b in page_blocks.blocks(TEXTS[name])]

# Why a block may be left out, and what it must then look like.
REASONS = {
    "needs a WRDS account": re.compile(r"wrds_pipeline\.(pull|pipeline)"),
    "installs from the network": re.compile(r"^(\./bootstrap\.sh|pip install|apt-get )", re.M),
    "continuous integration runs it": re.compile(r"^(\w+=\w+ )?\.venv/bin/doit\b", re.M),
    "shown, not meant to be run as it stands": re.compile(r"PACK|ZIP|ID|eval|NAME"),
    "minutes of measuring": re.compile(r"\.venv/bin/doit (frontier|peers|products|docs)\b"),
}


@pytest.fixture
def pages(monkeypatch):
    """The module that makes the pages."""
    monkeypatch.syspath_prepend(str(SITE))
    import pages

    monkeypatch.delitem(sys.modules, "pages")
    return pages


@pytest.mark.fast
@pytest.mark.parametrize("page", PAGES)
def test_a_page_runs(page, tmp_path):
    page_blocks.run_page(TEXTS[page], str(SITE / page), tmp_path, slow=False)


@pytest.mark.slow
@pytest.mark.parametrize("page", SLOW)
def test_a_page_runs_to_its_end(page, tmp_path, evidence, monkeypatch):
    monkeypatch.setenv("REPRO_FAST", str(int(evidence == "fast")))
    page_blocks.run_page(TEXTS[page], str(SITE / page), tmp_path, slow=True)


@pytest.mark.fast
def test_what_is_not_run_says_why():
    left_out = [(page, block) for page, block in COMMANDS if block.mark == "not run"]
    assert left_out
    for page, block in left_out:
        assert block.reason in REASONS, f"{page}:{block.line}"
        assert REASONS[block.reason].search(block.code), f"{page}:{block.line}"


@pytest.mark.fast
def test_every_tutorial_runs_something():
    tutorials = {name for name in TEXTS if name.startswith("tutorials/")}
    assert tutorials - set(PAGES) == {"tutorials/index.md"}


@pytest.mark.fast
@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("```sh\nfalse\ntrue\n```\n", "page:1"),
        ("```sh\nmissing-program\n```\n", "missing-program"),
        ("```sh\necho 1\n```\n\n```text\n2\n```\n", "shows"),
        ("```python\nprint(1)\n```\n\n```text\n1\n2\n```\n", "shows"),
        ("<!-- slow: minutes -->\n```sh\nfalse\n```\n", "page:2"),
    ],
)
def test_a_page_that_lies_fails(text, words, tmp_path):
    with pytest.raises(AssertionError, match=words):
        page_blocks.run_page(text, "page", tmp_path, slow=True)


@pytest.mark.fast
def test_blocks_are_files_sessions_and_outputs(tmp_path):
    text = (
        "```python\nx = 2\n```\n\n```python\n# y.py\nprint(x)\n```\n\n```text\n2\n```\n\n"
        "```sh\nwc -l < y.py; echo a; echo b; echo c\n```\n```text\n2\na\n...\nc\n```\n\n"
        "<!-- not run: x -->\n```sh\nfalse\n```\n<!-- slow: x -->\n\n```sh\nfalse\n```\n"
    )
    page_blocks.run_page(text, "page", tmp_path, slow=False)


@pytest.mark.fast
def test_each_theory_page_is_listed_and_its_sources_exist(pages):
    chapters = [name for names in pages.CHAPTERS.values() for name in names]
    assert len(chapters) == len(set(chapters))
    assert {path.stem for path in (SITE / "theory").glob("*.md")} == set(pages.FAMILIES)
    assert set(chapters) == set(pages.FAMILIES)
    for sources in pages.FAMILIES.values():
        for source in sources:
            assert pages.source_path(source).is_file(), source


@pytest.mark.fast
def test_every_public_module_has_a_page_of_theory(pages):
    modules = {path.stem for path in pages.PACKAGE.glob("[!_]*.py")}
    explained = {m for name in pages.FAMILIES for m in pages.ENGINES.get(name, (name,))}
    assert modules - explained == {"frame"}  # columns in, columns out: no theory of its own
    assert explained <= modules


@pytest.mark.fast
def test_every_source_with_references_stands_below_a_page(pages):
    shown = {pages.source_path(s) for sources in pages.FAMILIES.values() for s in sources}
    files = [p for p in pages.SOURCES.rglob("*") if p.suffix in (".cpp", ".hpp")]
    cited = {p for p in files if re.search(r"^\[1\] ", "\n".join(pages.head(p)), re.M)}
    left = {str(p.relative_to(pages.SOURCES)) for p in cited - shown}
    # Functions of mathematics and loops over rows, which no engine's page is about.
    assert all(name.startswith(("math/", "simd/", "numeric/")) for name in left), left


@pytest.mark.fast
@pytest.mark.parametrize("page", sorted(n for n in TEXTS if n.startswith("theory/")))
def test_a_theory_page_has_formulas_sources_and_a_check(page):
    text = TEXTS[page]
    prose = page_blocks._FENCE.sub("", text)
    assert len(re.findall(r"^\$\$.+\$\$$", prose, re.M)) >= 3
    assert re.search(r"\b(19|20)\d\d\b", prose)
    assert text.count("\n## ") >= 2
    assert any(b.language == "python" and "assert " in b.code for b in page_blocks.blocks(text))


@pytest.fixture
def built(pages, tmp_path):
    """The pages as Sphinx gets them."""
    pages.main(tmp_path / "pages")
    return tmp_path / "pages"


@pytest.mark.fast
def test_links_lead_to_pages(built):
    count = 0
    for page in built.rglob("*.md"):
        if page.parent.name == "house":  # their links are to files of the repository
            continue
        for link in re.findall(r"\]\(([^)#:]+\.md)(?:#[^)]*)?\)", page.read_text("utf-8")):
            assert (page.parent / link).is_file(), f"{page.relative_to(built)}: {link}"
            count += 1
    assert count > 60


@pytest.mark.slow
def test_the_documentation_builds_without_a_warning(built, tmp_path):
    words = ["-W", "--keep-going", "-q", "-E", "-b", "dummy", str(built), str(tmp_path / "out")]
    done = subprocess.run(
        [sys.executable, "-m", "sphinx", *words], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.fast
def test_a_declaration_is_whole_and_has_its_comment(pages):
    struct, function = "struct X {\n  int a;  // > 0\n\n  int b;\n};", "int f(\n    int a);"
    text = f"/// A.\n/// B.\n{struct}\n\nint plain();\n\n/// C.\n{function}\n"
    assert pages.declarations(text) == [(["A.", "B."], struct), (["C."], function)]

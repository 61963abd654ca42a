"""The Python of the documentation's pages runs, each page from its top."""

import ast
import re
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.fast

ROOT = Path(__file__).resolve().parents[2]
SITE = ROOT / "docs" / "site"
FENCE = re.compile(r"^```python\n(.*?)^```$", flags=re.MULTILINE | re.DOTALL)
PAGES = sorted(path for path in SITE.rglob("*.md") if FENCE.search(path.read_text("utf-8")))


@pytest.mark.parametrize("page", PAGES, ids=[str(page.relative_to(SITE)) for page in PAGES])
def test_a_page_runs(page, monkeypatch):
    monkeypatch.chdir(ROOT)
    text = page.read_text("utf-8")
    names = {"__name__": "page"}
    for block in FENCE.finditer(text):
        # The lines keep their numbers in the page, for the traceback.
        tree = ast.parse(block[1])
        ast.increment_lineno(tree, text[: block.start(1)].count("\n"))
        exec(compile(tree, str(page), "exec"), names)


def test_every_tutorial_has_python():
    assert set((SITE / "tutorials").glob("*.md")) - set(PAGES) == {SITE / "tutorials" / "index.md"}


def test_each_theory_page_is_listed_and_its_sources_exist(monkeypatch):
    monkeypatch.syspath_prepend(str(SITE))
    import pages

    monkeypatch.delitem(sys.modules, "pages")
    assert {path.stem for path in (SITE / "theory").glob("*.md")} == set(pages.FAMILIES)
    for sources in pages.FAMILIES.values():
        for source in sources:
            assert (ROOT / "core" / "src" / f"{source}.cpp").is_file(), source


def test_a_declaration_is_whole_and_has_its_comment(monkeypatch):
    monkeypatch.syspath_prepend(str(SITE))
    import pages

    monkeypatch.delitem(sys.modules, "pages")
    struct, function = "struct X {\n  int a;  // > 0\n\n  int b;\n};", "int f(\n    int a);"
    text = f"/// A.\n/// B.\n{struct}\n\nint plain();\n\n/// C.\n{function}\n"
    assert pages.declarations(text) == [(["A.", "B."], struct), (["C."], function)]

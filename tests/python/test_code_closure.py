"""Which sources shape an artifact, and which functions of the core: read from imports."""

import ast

import pytest

from tasks.evidence.code import INDEXES, PACKAGES, code_closure, core_names, module_file
from tasks.evidence.repository import ROOT

pytestmark = pytest.mark.fast


@pytest.fixture
def house(tmp_path):
    """A small repository: a -> b -> c by each form of import, d unused."""
    files = {
        "tasks/__init__.py": "",
        "tasks/a.py": "import os\nfrom tasks import b\n",
        "tasks/b.py": "def late():\n    from .sub import c\n    return c\n",
        "tasks/sub/__init__.py": "",
        "tasks/sub/c.py": "import tasks.a\n",
        "tasks/d.py": "",
    }
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path


def test_closure_follows_every_form_of_import(house):
    found = [path.relative_to(house).as_posix() for path in code_closure("tasks.a", house)]
    assert found == [
        "tasks/__init__.py",
        "tasks/a.py",
        "tasks/b.py",
        "tasks/sub/__init__.py",
        "tasks/sub/c.py",
    ]


def test_a_module_that_does_not_exist_is_refused(house):
    with pytest.raises(ValueError, match=r"tasks\.nothing"):
        code_closure("tasks.nothing", house)


def test_third_party_modules_are_not_files_of_ours():
    assert module_file("numpy.linalg", ROOT) is None


@pytest.fixture
def shop(tmp_path):
    """Two engines, an index that imports both, and makers that reach them in several ways."""
    files = {
        "__init__.py": "from strikeproof import one, two\nfrom strikeproof._core import version\n",
        "one.py": "from strikeproof import _core\nprice = _core.one_price\n",
        "two.py": "from strikeproof import _core as core\nprice = core.two_price\n",
    }
    makers = {
        "__init__.py": "",
        "named.py": "from strikeproof import one\n",
        "taken.py": "from strikeproof.one import price\n",
        "index.py": "import strikeproof\n",
        "through.py": "from strikeproof import one, __version__\n",
        "hidden.py": "from strikeproof import _core\nf = getattr(_core, 'one' + '_price')\n",
        "starred.py": "from strikeproof._core import *\n",
        "dotted.py": "import strikeproof._core\n",
        "by_text.py": "import importlib\nc = importlib.import_module('strikeproof._core')\n",
    }
    for folder, texts in (("core/python/strikeproof", files), ("tasks", makers)):
        for name, text in texts.items():
            path = tmp_path / folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
    return tmp_path


@pytest.mark.parametrize("maker", ["named", "taken"])
def test_an_engine_by_name_is_that_engine_and_the_index(shop, maker):
    found = {path.name for path in code_closure(f"tasks.{maker}", shop)}
    assert found == {"__init__.py", f"{maker}.py", "one.py"}
    assert core_names(f"tasks.{maker}", shop) == {"one_price", "version"}


@pytest.mark.parametrize("maker", ["index", "through"])
def test_the_index_itself_is_every_engine(shop, maker):
    assert {"one.py", "two.py"} <= {path.name for path in code_closure(f"tasks.{maker}", shop)}
    assert core_names(f"tasks.{maker}", shop) == {"one_price", "two_price", "version"}


@pytest.mark.parametrize("maker", ["hidden", "starred", "dotted", "by_text"])
def test_a_use_that_cannot_be_followed_is_the_whole_core(shop, maker):
    assert core_names(f"tasks.{maker}", shop) is None


@pytest.mark.parametrize("package", sorted(INDEXES))
def test_an_index_only_collects_names(package):
    """Imports, its docstring, __all__ and __version__: nothing that could change another module.

    Besides, names for type checkers alone, and the two functions that load a name's module.
    """
    tree = ast.parse((ROOT / PACKAGES[package] / "__init__.py").read_text())
    kinds = {type(node) for node in tree.body}
    assert kinds <= {ast.Expr, ast.ImportFrom, ast.Assign, ast.If, ast.FunctionDef}
    for node in tree.body:
        if isinstance(node, ast.If):
            assert ast.unparse(node.test) == "TYPE_CHECKING"
            assert {type(inner) for inner in node.body} == {ast.ImportFrom}
        if isinstance(node, ast.FunctionDef):
            assert node.name in ("__getattr__", "__dir__")
    assigned = [node.targets[0].id for node in tree.body if isinstance(node, ast.Assign)]
    assert sorted(assigned) == ["__all__", "__version__"]
    assert sum(isinstance(node, ast.Expr) for node in tree.body) == 1


@pytest.mark.parametrize("package", sorted(INDEXES))
def test_no_module_of_an_index_changes_another_when_it_is_imported(package):
    for path in sorted((ROOT / PACKAGES[package]).glob("*.py")):
        for node in ast.parse(path.read_text()).body:
            where = f"{path.name}, line {node.lineno}"
            for target in node.targets if isinstance(node, ast.Assign) else []:
                assert isinstance(target, ast.Name | ast.Tuple), where
            assert not isinstance(node, ast.Expr) or isinstance(node.value, ast.Constant), where

"""Which sources shape an artifact, read from imports."""

import pytest

from tasks.evidence.code import code_closure, module_file
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

"""Parts of the compiled core: what a change in one source makes stale, and what it does not."""

import subprocess

import pytest

from tasks.evidence import catalog, core_parts, object_files, sources
from tasks.evidence.code import core_names
from tasks.evidence.repository import ROOT

pytestmark = pytest.mark.fast

# A module of two parts: bind_a reaches f, bind_b reaches g, both an inline function.
HOUSE = {
    "shared.hpp": "template <class T> __attribute__((noinline)) inline T twice(T x) {"
    " return x * 2.5; }\n",
    "f.cpp": '#include "shared.hpp"\ndouble f(double x) { return twice(x) + 1.25; }\n',
    "g.cpp": '#include "shared.hpp"\ndouble g(double x) { return twice(x) - 7.0; }\n',
    "a.cpp": "namespace nanobind { class module_; }\ndouble f(double);\ndouble (*at_a)(double);\n"
    "void bind_a(nanobind::module_&) { at_a = f; }\n",
    "b.cpp": "namespace nanobind { class module_; }\ndouble g(double);\ndouble (*at_b)(double);\n"
    "void bind_b(nanobind::module_&) { at_b = g; }\n",
    "module.cpp": "namespace nanobind { class module_; }\n"
    "void bind_a(nanobind::module_&);\nvoid bind_b(nanobind::module_&);\n"
    "int version() { return 3; }\n"
    'extern "C" void PyInit__core(nanobind::module_& m) { version(); bind_a(m); bind_b(m); }\n',
}


def compiled(folder, texts, flags=("-O2", "-g")):
    folder.mkdir()
    for name, text in texts.items():
        (folder / name).write_text(text)
    sources_of = [name for name in texts if name.endswith(".cpp")]
    subprocess.run(["c++", "-fPIC", *flags, "-c", *sources_of], cwd=folder, check=True)
    return [(folder / name).with_suffix(".o").read_bytes() for name in sources_of]


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    return core_parts.digests(compiled(tmp_path_factory.mktemp("house") / "as-is", HOUSE))


def changed(found, folder, **texts):
    """Parts whose digest differs once some sources are replaced."""
    house = HOUSE | {name.replace("_", "."): text for name, text in texts.items()}
    again = core_parts.digests(compiled(folder / "again", house))
    assert again.keys() == found.keys() == {"a", "b", "module"}
    return {part for part in found if found[part] != again[part]}


def test_a_constant_of_one_engine_changes_that_part_only(found, tmp_path):
    text = HOUSE["f.cpp"].replace("1.25", "1.26")
    assert changed(found, tmp_path, f_cpp=text) == {"a"}


def test_a_comment_or_a_new_line_changes_nothing(found, tmp_path):
    text = "// of no consequence\n\n" + HOUSE["f.cpp"]
    assert changed(found, tmp_path, f_cpp=text, shared_hpp="//\n" + HOUSE["shared.hpp"]) == set()


def test_shared_code_changes_every_part_that_uses_it(found, tmp_path):
    text = HOUSE["shared.hpp"].replace("2.5", "2.25")
    assert changed(found, tmp_path, shared_hpp=text) == {"a", "b"}


def test_a_copy_of_shared_code_in_another_file_counts(found, tmp_path):
    """The linker keeps one copy of an inline function: it may be the one that differs."""
    other = HOUSE["shared.hpp"].replace("x * 2.5", "x + x + 0.5 * x")
    text = other + HOUSE["g.cpp"].partition("\n")[2]
    assert changed(found, tmp_path, g_cpp=text) == {"a", "b"}


def test_the_module_itself_changes_every_part(found, tmp_path):
    text = HOUSE["module.cpp"].replace("return 3", "return 4")
    assert changed(found, tmp_path, module_cpp=text) == {"a", "b", "module"}


def test_a_function_that_comes_to_be_used_is_followed(found, tmp_path):
    text = HOUSE["a.cpp"].replace("double f", "double g").replace("at_a = f", "at_a = g")
    assert changed(found, tmp_path, a_cpp=text) == {"a"}


def test_the_folder_and_the_order_of_the_files_do_not_matter(found, tmp_path):
    objects = compiled(tmp_path / "elsewhere", HOUSE)
    assert core_parts.digests(reversed(objects)) == found


def test_files_of_another_kind_are_refused():
    with pytest.raises(ValueError, match="not an ELF file"):
        object_files.parse(b"MZ")
    with pytest.raises(ValueError, match="not an archive"):
        list(object_files.archived(b"!<thin>\n"))
    with pytest.raises(ValueError, match="defines no parts"):
        core_parts.digests([])


def test_an_archive_gives_its_files_in_order(tmp_path):
    objects = compiled(tmp_path / "house", HOUSE)
    names = [path.name for path in sorted((tmp_path / "house").glob("*.o"))]
    subprocess.run(["ar", "rc", "all.a", *names], cwd=tmp_path / "house", check=True)
    stored = object_files.archived((tmp_path / "house" / "all.a").read_bytes())
    assert sorted(stored) == sorted(objects)


def written(folder, core, digests):
    path = folder / core_parts.PATH
    path.parent.mkdir(parents=True)
    core_parts._store(folder, core, {"a_price": "a"}, digests)


def test_parts_of_another_module_say_nothing(tmp_path):
    core = tmp_path / "core.so"
    core.write_bytes(b"one")
    written(tmp_path, core, {"a": "1" * 64})
    digest = sources.sha256_file(core)
    parts = core_parts.load(digest, tmp_path)
    assert parts.of(["a_price"]) == {"a": "1" * 64}
    assert parts.of(["a_price", "unheard_of"]) is None
    assert parts.of([]) is None
    assert core_parts.load("0" * 64, tmp_path) is None
    (tmp_path / core_parts.PATH).write_text("{")
    assert core_parts.load(digest, tmp_path) is None


def test_without_known_parts_the_whole_core_counts(monkeypatch):
    monkeypatch.setattr(core_parts, "load", lambda _: None)
    found = sources.core_digests("tasks.evidence.parity_products.barrier", lambda _: "f" * 64)
    assert found == {catalog.CORE: "f" * 64}


def test_every_name_of_the_core_has_one_part():
    from strikeproof import _core

    owners = _core.parts()
    assert owners["barrier_price"] == "barrier"
    public = {name for name in vars(_core) if not name.startswith("__")}
    assert public - owners.keys() == {"build_info", "parts"}
    # a function that two parts define would be one name with two signatures
    signatures = {name: getattr(vars(_core)[name], "__nb_signature__", "1") for name in owners}
    assert [name for name, known in signatures.items() if len(known) != 1] == []


def test_a_product_reaches_its_own_engine():
    names = core_names("tasks.evidence.parity_products.barrier", ROOT)
    assert "barrier_price" in names
    assert not [name for name in names if name.startswith(("american", "heston", "svi"))]

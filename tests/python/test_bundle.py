"""Bundles: their members, their bytes, the newest run, and what a clone can say of them."""

import itertools
import json
import zipfile
from dataclasses import replace

import pytest

from tasks.evidence import zip_rules
from tasks.evidence.claims import RECORDED, REFUSED, VERIFIED
from tasks.evidence.digest import canonical_json, sha256_bytes
from tasks.evidence.review import (
    bundle,
    consistency,
    members,
    run_log,
    scratch,
    tickets,
    verify_bundle,
)
from tasks.evidence.review.git import Git, clone
from tasks.graph import settings


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    return scratch.create(tmp_path_factory.mktemp("bundle") / "whole")


@pytest.fixture
def project(whole, tmp_path):
    return scratch.copy(whole, tmp_path / "project")


def test_a_bundle_has_exactly_its_members(project):
    path = bundle.make(project.request())
    name = f"{scratch.STAMP}_{scratch.TICKET}_{scratch.RUN}.zip"
    assert path == project.root / members.FOLDER / name
    content = zip_rules.read_members(path)
    assert set(content) == members.expected(scratch.RUN)
    assert len(content) == 19
    assert content["AGENTS.md"] == project.path("AGENTS.md").read_bytes()
    document = json.loads(content[members.meta_of(scratch.RUN)])
    assert document["git_sha_after"] == project.git.head()
    assert document["bundled"] == scratch.STAMP
    assert document["members"]["DIFF.patch"] == sha256_bytes(content["DIFF.patch"])
    assert b"GIT binary patch" in content["DIFF.patch"]
    assert content["LAST_COMMIT.txt"].startswith(b"commit " + project.git.head().encode())
    assert list(project.root.glob("docs/gpt_bundles/.*")) == []


def test_bytes_depend_on_the_stamp_and_the_content_only(project):
    first = bundle.make(project.request()).read_bytes()
    later = replace(project.request(), stamp="20270101T000000Z")
    other = bundle.make(later)
    assert other.read_bytes() != first
    again = zip_rules.read_members(other)
    log = members.meta_of(scratch.RUN)
    assert again.pop(log).replace(b"20270101T000000Z", scratch.STAMP.encode()) in first
    assert all(data in first for data in again.values())


def test_the_newest_finished_run_is_taken(project):
    ticket = tickets.find(project.path(tickets.PATH).read_text(), scratch.TICKET)
    before = project.records()[0]["git_sha_before"]
    chain = scratch.run_of(ticket, "second", before, project.git.head())
    project.write_run(chain[:-1], "third")  # never finished
    assert bundle.newest_run(project.root, scratch.TICKET) == scratch.RUN
    finished = {**chain[-1], "finished": "2026-01-03T00:00:00Z"}
    project.write_run([*chain[:-1], finished], "second")
    assert bundle.newest_run(project.root, scratch.TICKET) == "second"
    assert bundle.newest_run(project.root, scratch.OTHER) is None


def test_a_second_bundle_does_not_replace_the_first(project):
    first = bundle.make(project.request())
    data = first.read_bytes()
    code, said = bundle.attempt(project.request())
    assert code == 2
    assert "name collision" in said
    assert first.read_bytes() == data


def test_a_change_of_the_tickets_status_is_progress_too(project):
    before = project.records()[0]["git_sha_before"]
    ticket = tickets.find(project.path(tickets.PATH).read_text(), scratch.TICKET)
    project.edit(project.path("PROGRESS.md"), f"{scratch.TICKET} is done. ", "")
    project.commit("Silent")
    assert list(consistency.progress(project.git, ticket, before, "HEAD"))
    text = project.path(tickets.PATH).read_text()
    project.write(tickets.PATH, text + "\n### Status\n\nLogged.\n")
    project.commit("Status")
    now = tickets.find(project.path(tickets.PATH).read_text(), scratch.TICKET)
    assert now.status == "Logged."
    assert list(consistency.progress(project.git, now, before, "HEAD")) == []


def test_without_its_commits_a_patch_is_recorded_only_or_refused(project, tmp_path):
    path = bundle.make(project.request())
    stranger = scratch.Scratch(tmp_path / "stranger")
    stranger.root.mkdir()
    stranger.git.run("init", "--quiet")
    stranger.write("a", "a\n")
    stranger.commit("a")
    states = {c.subject: c.state for c in verify_bundle.verify(path, stranger.git)}
    assert states["patch"] == REFUSED
    claims = verify_bundle.verify(path, stranger.git, demanded=False)
    states = {c.subject: c.state for c in claims}
    assert states["patch"] == RECORDED
    assert states["run log"] == VERIFIED


def test_a_clone_is_made_of_a_path_from_here(project, tmp_path, monkeypatch):
    monkeypatch.chdir(project.root)
    assert clone(".", tmp_path / "clone.git").head() == project.git.head()


def test_checking_a_patch_writes_nothing_into_the_repository(project, tmp_path):
    path = bundle.make(project.request())
    fresh = clone(str(project.root), tmp_path / "clone.git")

    def listing():
        return sorted(p.relative_to(fresh.root).as_posix() for p in fresh.root.rglob("*"))

    before = listing()
    assert all(c.state != REFUSED for c in verify_bundle.verify(path, fresh))
    assert listing() == before


def test_any_flipped_byte_is_refused(project):
    path = bundle.make(project.request())
    data = path.read_bytes()
    for place in range(0, len(data), len(data) // 40):
        path.write_bytes(data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :])
        claims = verify_bundle.verify(path, project.git)
        assert any(claim.state == REFUSED for claim in claims), place


def test_a_zip_written_by_another_program_is_refused(project):
    path = bundle.make(project.request())
    content = zip_rules.read_members(path)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in content.items():
            archive.writestr(name, data)
    (claim,) = verify_bundle.verify(path, project.git)
    assert claim.state == REFUSED
    assert "not reproducible" in claim.detail


def test_names_of_two_runs_in_one_bundle_are_refused(project):
    path = bundle.make(project.request())
    content = zip_rules.read_members(path)
    content[f"{run_log.FOLDER}/other/{run_log.META}"] = b"{}\n"
    path.write_bytes(bundle.zip_bytes(content))
    claims = verify_bundle.verify(path, project.git)
    assert claims[-1].state == REFUSED
    assert "2 files" in claims[-1].detail


def rerun(project):
    """The run recorded anew on HEAD, as after more work, and its log committed."""
    ticket = tickets.find(project.path(tickets.PATH).read_text(), scratch.TICKET)
    before = project.records()[0]["git_sha_before"]
    project.write_run(scratch.run_of(ticket, scratch.RUN, before, project.git.head()))
    scratch.make_artifacts(project, project.commit("Log"))


def test_merges_in_the_range_are_followed(project):
    project.git.run("checkout", "--quiet", "-b", "side", "HEAD^")
    project.write("src/side.txt", "side\n")
    project.commit("Side")
    project.git.run("checkout", "--quiet", "main")
    who = scratch._WHO
    project.git.run("merge", "--quiet", "--no-ff", "-m", "Merge", "side", environment=who)
    rerun(project)
    claims = verify_bundle.verify(bundle.make(project.request()), project.git)
    assert all(claim.state != REFUSED for claim in claims)


def test_every_kind_of_change_survives_the_patch(project):
    project.path("src/work.txt").rename(project.path("src/renamed ü.txt"))
    project.write("src/empty.txt", "")
    project.write("src/crlf.txt", b"a\r\nb")
    project.write("src/tool.sh", "#!/bin/sh\n")
    project.path("src/tool.sh").chmod(0o755)
    project.path("src/link").symlink_to("empty.txt")
    project.commit("All kinds")
    rerun(project)
    claims = verify_bundle.verify(bundle.make(project.request()), project.git)
    assert all(claim.state != REFUSED for claim in claims)


def forged(project):
    """A bundle written past every rule of the bundler, digests and all."""
    request, head = project.request(), project.git.head()
    ticket = tickets.find(project.path(tickets.PATH).read_text(), scratch.TICKET)
    content = bundle._content(request, ticket, scratch.RUN, head, [])
    log = members.meta_of(scratch.RUN)
    document = bundle._meta(content, log, head, request.stamp)
    path = project.path(f"{members.FOLDER}/forged.zip")
    project.write(f"{members.FOLDER}/forged.zip", b"")
    path.write_bytes(bundle.zip_bytes({**content, log: canonical_json(document)}))
    return [c for c in verify_bundle.verify(path, project.git) if c.state == REFUSED]


ODD = [None, 7, "x", [None], {"a": 1}]


def test_nonsense_in_meta_is_refused_and_breaks_nothing(project):
    path = bundle.make(project.request())
    content = zip_rules.read_members(path)
    log = members.meta_of(scratch.RUN)
    document = json.loads(content[log])
    for key, odd in itertools.product(document, ODD):
        lied = canonical_json({**document, key: odd})
        path.write_bytes(bundle.zip_bytes({**content, log: lied}))
        claims = verify_bundle.verify(path, project.git)
        assert any(claim.state == REFUSED for claim in claims), (key, odd)


def later_code(project):
    project.write("src/work.txt", "other\n")


def churn(project):
    project.write("other/x.txt", "x\n")


def silence(project):
    project.edit(project.path("PROGRESS.md"), scratch.TICKET, "Something")


FORGED = [
    pytest.param(later_code, "since when src/work.txt changed", id="later-code"),
    pytest.param(churn, "unrelated churn: other/x.txt", id="churn"),
    pytest.param(silence, "PROGRESS.md: not updated", id="silence"),
]


@pytest.mark.parametrize(("change", "words"), FORGED)
def test_a_bundle_made_past_the_bundler_is_refused_by_the_verifier(project, change, words):
    assert forged(project) == []
    change(project)
    scratch.make_artifacts(project, project.commit("Lie"))
    assert words in "\n".join(claim.detail for claim in forged(project))


def test_a_commit_shown_in_anothers_place_changes_no_patch(project):
    before = project.records()[0]["git_sha_before"]
    patch = project.git.patch(before, "HEAD")
    project.git.run("replace", before, project.git.text("rev-parse", "HEAD^"))
    assert project.git.patch(before, "HEAD") == patch


def test_the_stamp_follows_the_commit_when_asked(monkeypatch):
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    assert settings.stamp_from_commit() is False
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "0")
    assert settings.stamp_from_commit() is True
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "yesterday")
    with pytest.raises(settings.SettingError, match="SOURCE_DATE_EPOCH"):
        settings.stamp_from_commit()


def test_a_hash_of_a_tree_is_no_commit(project):
    git = Git(project.root)
    assert git.has_commit(git.head())
    assert not git.has_commit(git.tree("HEAD"))
    assert not git.has_commit("HEAD")
    assert not git.has_commit(git.head()[:12])

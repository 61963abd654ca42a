"""Runs recorded in real repositories, from the opening to a bundle that a fresh clone accepts."""

import os
import sys
import tempfile
from pathlib import Path

import pytest
from doit import doit_cmd

from tasks import bundle as bundles
from tasks import runs
from tasks.evidence import catalog
from tasks.evidence.claims import REFUSED, VERIFIED
from tasks.evidence.faults import EvidenceFault
from tasks.evidence.review import bundle, run_log, scratch, tickets, verify_bundle
from tasks.evidence.review.git import Git, GitFault, clone
from tasks.graph import lock, recorder

NAME = "2026-01-02_real"
COMMAND = "REPRO_FAST=1 python -m pytest -q -p no:cacheprovider src"
TEST = "import os\n\n\ndef test_setting():\n    assert os.environ['REPRO_FAST'] == '1'\n"
WORD = "hunter" + "2hunter2"  # a planted secret


@pytest.fixture
def project(tmp_path):
    """A repository with a ticket whose command is a real test run, and a summary of HEAD."""
    made = scratch.create(tmp_path / "project")
    made.edit(made.path(tickets.PATH), "pytest tests", COMMAND)
    made.write("src/test_setting.py", TEST)
    made.write(".gitignore", "docs/artifacts/\ndocs/gpt_bundles/\n__pycache__/\n.doit/\n")
    made.ticket = scratch.OTHER
    made.run_name = NAME
    scratch.make_artifacts(made, made.commit("Work"))
    return made


def started(project):
    return recorder.start(project.git, project.ticket, NAME, "fast")


def execute(project, command):
    shown = []
    code = recorder.execute(project.git, NAME, command, shown.append)
    return code, "".join(shown)


def records(project):
    folder = project.path(f"{run_log.FOLDER}/{NAME}")
    return run_log.read_records((folder / "COMMANDS.md").read_text())


def test_from_a_ticket_to_a_bundle_in_a_fresh_clone(project, tmp_path):
    folder = started(project)
    code, shown = execute(project, COMMAND)
    assert code == 0, shown
    recorder.finish(project.git, NAME)
    project.edit(folder / "RESULTS.md", "<!-- end of prose", "It works.\n<!-- end of prose")
    project.edit(project.path("PROGRESS.md"), "is done", f"is done, and {project.ticket}")
    head = project.commit("Log")
    scratch.make_artifacts(project, head)  # what doit does after a commit
    path = bundle.make(project.request())
    fresh = clone(str(project.root), tmp_path / "clone.git")
    claims = verify_bundle.verify(path, fresh)
    assert [claim for claim in claims if claim.state == REFUSED] == []
    assert {"patch", "documents", "run log"} <= {c.subject for c in claims if c.state == VERIFIED}
    tests = (folder / "TESTS.md").read_text()
    assert "1 in all, 1 passed, 0 failed" in tests


def test_without_a_commit_of_the_log_there_is_no_bundle(project):
    started(project)
    execute(project, COMMAND)
    recorder.finish(project.git, NAME)
    _, said = bundle.attempt(project.request())
    assert "no commits in range" in said
    assert f"{run_log.FOLDER}/{NAME}/COMMANDS.md: dirty" in said
    assert f"{run_log.FOLDER}/{NAME}/COMMANDS.md: not committed" in said


def test_a_failed_command_is_recorded_and_forbids_the_bundle(project):
    started(project)
    code, _ = execute(project, "python -c 'raise SystemExit(5)'")
    assert code == 5
    assert records(project)[1]["exit_code"] == 5
    execute(project, COMMAND)
    recorder.finish(project.git, NAME)
    project.commit("Log")
    _, said = bundle.attempt(project.request())
    assert "recorded failure: record 1 ended with exit code 5" in said


def test_secrets_and_folders_are_masked_before_they_are_stored(project, monkeypatch):
    monkeypatch.setenv("WRDS_PASSWORD", WORD + "x")
    folder = started(project)
    code = "import os; print(os.environ['PGPASSWORD'], os.environ['WRDS_PASSWORD'], os.getcwd())"
    command = f'PGPASSWORD={WORD} python -c "{code}" --pass' + f"word={WORD}"
    code, shown = execute(project, command)
    assert code == 0
    stored = "".join(path.read_text() for path in folder.iterdir())
    for text in (shown, stored):
        assert WORD not in text
        assert str(project.root) not in text
    assert "[masked] [masked] ." in stored
    key = "-----BEGIN " + "PRIVATE KEY-----\\n" + WORD + "\\n-----END " + "PRIVATE KEY-----"
    _, shown = execute(project, f"python -c \"print('{key}')\"")
    assert WORD not in shown + (folder / "COMMANDS.md").read_text()


def test_output_is_cleaned_of_what_is_no_text(project):
    started(project)
    code = r"import sys; sys.stdout.buffer.write(b'\x1b[31mred\x1b[0m \x00\xff\x07\n')"
    _, shown = execute(project, f'python -c "{code}"')
    assert shown.startswith("red ?")
    assert records(project)[1]["output"]["lines"] == 1


REFUSED_COMMANDS = [
    ("ls | wc", "no shell reads cmd"),
    ("true && true", "no shell reads cmd"),
    ("echo 'open", "cannot be split"),
    ("X=1", "names no program"),
    ("true\nfalse", "line break"),
    ("no-such-program-here", "no program no-such-program-here"),
    ("./no-such-file", "no program ./no-such-file"),
]


@pytest.mark.parametrize(("command", "words"), REFUSED_COMMANDS)
def test_what_cannot_be_run_is_refused_and_not_recorded(project, command, words):
    started(project)
    with pytest.raises(EvidenceFault, match=words):
        execute(project, command)
    assert len(records(project)) == 1


def test_shell_signs_in_a_word_are_only_text(project):
    started(project)
    code, shown = execute(project, 'echo "a;rm -rf b" "$HOME" "*"')
    assert (code, shown) == (0, "a;rm -rf b $HOME *\n")


def test_a_log_that_was_edited_takes_no_further_records(project):
    folder = started(project)
    execute(project, "true")
    project.edit(folder / "COMMANDS.md", "* exit code 0", "* exit code 1")
    with pytest.raises(EvidenceFault, match="not what was recorded"):
        execute(project, "true")
    with pytest.raises(EvidenceFault, match="not what was recorded"):
        recorder.finish(project.git, NAME)


def test_prose_is_kept_when_records_are_added(project):
    folder = started(project)
    project.edit(folder / "PROMPT.md", "<!-- end of prose", "A word.\n<!-- end of prose")
    execute(project, "true")
    assert "A word." in (folder / "PROMPT.md").read_text()


def test_one_process_at_a_time_writes_a_log(project):
    started(project)
    path = project.root / ".doit" / "runs" / f"{NAME}.lock"
    path.parent.mkdir(parents=True)
    path.write_text("pid 1 since 2026-01-01T00:00:00Z\n")
    with lock.held_elsewhere(path), pytest.raises(lock.LockedError, match="locked by pid 1"):
        execute(project, "true")


def test_a_finished_run_is_closed(project):
    started(project)
    recorder.finish(project.git, NAME)
    with pytest.raises(EvidenceFault, match="is finished"):
        execute(project, "true")


def test_figures_must_be_of_this_commit(project):
    started(project)
    project.commit("More")
    with pytest.raises(EvidenceFault, match=r"is of commit .*, HEAD .*; fix: doit"):
        recorder.finish(project.git, NAME)
    project.path(catalog.SUMMARY.path).unlink()
    with pytest.raises(EvidenceFault, match="missing; fix: doit"):
        recorder.finish(project.git, NAME)


@pytest.mark.parametrize("name", ["../x", "a b", "", ".hidden", "a/b", "x" * 101])
def test_a_run_name_is_one_folders_name(project, name):
    with pytest.raises(EvidenceFault, match="invalid run name"):
        recorder.start(project.git, project.ticket, name, "fast")


def test_names_of_runs_do_not_collide(project):
    with pytest.raises(EvidenceFault, match="name collision"):
        recorder.start(project.git, project.ticket, "First", "fast")
    name = recorder.free_name(project.git, project.ticket)
    project.path(f"{run_log.FOLDER}/{name}").mkdir()
    assert recorder.free_name(project.git, project.ticket) == f"{name}_2"


def test_a_dirty_tree_is_recorded_as_such(project):
    started(project)
    execute(project, "true")
    project.write("src/work.txt", "changed\n")
    execute(project, "true")
    assert [record["dirty"] for record in records(project)[1:]] == [False, True]


def test_ctest_and_pytest_are_asked_for_a_report(tmp_path):
    report = tmp_path / "x.xml"
    for words in (["pytest"], [".venv/bin/pytest", "-q"], [sys.executable, "-m", "pytest"]):
        assert recorder._report_option(words, report) == [f"--junitxml={report}"]
    assert recorder._report_option(["ctest", "-L", "FAST"], report)[0] == "--output-junit"
    assert recorder._report_option(["python", "-m", "tasks.evidence.gate"], report) == []


def test_git_tells_failures_in_its_own_words(tmp_path):
    with pytest.raises(GitFault, match="not a git repository"):
        Git(tmp_path).head()
    with pytest.raises(GitFault, match=r"does not exist|not appear"):
        clone(str(tmp_path / "nowhere"), tmp_path / "clone.git")


def test_the_users_git_settings_change_no_patch(project, monkeypatch, tmp_path):
    before = project.git.text("rev-parse", "HEAD^")
    patch = Git(project.root).patch(before, "HEAD")
    config = tmp_path / "config"
    config.write_text(
        "[diff]\n\tnoprefix = true\n\trenames = copies\n\tcontext = 9\n\talgorithm = patience\n"
        "[color]\n\tui = always\n[core]\n\tquotePath = false\n"
    )
    monkeypatch.setattr(
        "tasks.evidence.review.git._ALONE", {"GIT_CONFIG_GLOBAL": os.fspath(config)}
    )
    assert Git(project.root, alone=True).patch(before, "HEAD") == patch


def test_ctrl_c_ends_the_command_and_is_recorded(project, monkeypatch):
    """Ctrl-C reaches the command as well: whatever it ends with stands in the log."""
    started(project)

    def interrupted(stream):
        yield next(iter(stream))
        raise KeyboardInterrupt

    monkeypatch.setattr(recorder, "_whole", interrupted)
    code = "import time; print('ready', flush=True); time.sleep(0.1); raise SystemExit(130)"
    assert execute(project, f'python -c "{code}"') == (130, "ready\n")
    assert records(project)[1]["exit_code"] == 130


@pytest.fixture
def command(project, monkeypatch):
    """Commands of doit, asked in the project."""
    project.edit(project.path(tickets.PATH), COMMAND, "true")
    scratch.make_artifacts(project, project.commit("Cheap"))
    monkeypatch.setattr(runs, "ROOT", project.root)
    monkeypatch.setattr(bundles, "ROOT", project.root)

    def asked(kind, **words):
        monkeypatch.setattr(doit_cmd, "_CMDLINE_VARS", words)
        return kind().execute({}, [])

    return asked


def test_a_ticket_is_logged_by_one_command(command, project, capsys):
    assert command(runs.RunTicket, ticket=project.ticket, run_name=NAME) == 0
    assert [record["kind"] for record in records(project)] == ["start", "command", "finish"]
    assert "1 commands, 0 failed" in capsys.readouterr().out


def test_a_ticket_whose_command_fails_is_logged_and_told(command, project):
    project.edit(project.path(tickets.PATH), "true", "false")
    scratch.make_artifacts(project, project.commit("Fails"))
    assert command(runs.RunTicket, ticket=project.ticket, run_name=NAME) == 1
    assert records(project)[1]["exit_code"] == 1


def test_a_ticket_is_not_run_on_uncommitted_changes(command, project, capsys):
    project.write("src/work.txt", "changed\n")
    assert command(runs.RunTicket, ticket=project.ticket) == 2
    assert "src/work.txt: uncommitted" in capsys.readouterr().err
    assert not list(project.path(run_log.FOLDER).glob("2*"))


def test_steps_of_a_run_are_commands_too(command, project):
    assert command(runs.RunStart, ticket=project.ticket, run_name=NAME) == 0
    assert command(runs.RunExec, run_name=NAME, cmd="python -c 'raise SystemExit(4)'") == 4
    assert command(runs.RunFinish, run_name=NAME) == 0


REFUSED_WORDS = [
    (runs.RunStart, {"ticket": "ticket-01"}, "run_name=... must be given"),
    (runs.RunStart, {"ticket": "ticket-1", "run_name": "x"}, "ticket id must match"),
    (runs.RunExec, {"run_name": NAME}, "cmd=... must be given"),
    (runs.RunExec, {"run_name": NAME, "cmd": "true"}, f"no run {NAME}"),
    (runs.RunFinish, {"run_name": "../x"}, "invalid run name"),
    (runs.RunTicket, {"tiket": "x"}, "unknown word tiket=x"),
    (bundles.VerifyBundle, {}, "path=... must be given"),
    (bundles.VerifyBundle, {"path": "x", "clone": "/nowhere/at/all"}, "does not exist"),
]


@pytest.mark.parametrize(("kind", "words", "said"), REFUSED_WORDS)
def test_a_command_refuses_with_exit_code_two(command, capsys, kind, words, said):
    assert command(kind, **words) == 2
    assert said in capsys.readouterr().err


def test_a_bundle_that_is_no_zip_is_refused(command, project, capsys):
    assert command(bundles.VerifyBundle, path=str(project.path("AGENTS.md"))) == 2
    assert "refused" in capsys.readouterr().out


def test_temporary_folders_of_this_machine_are_not_recorded():
    said = f"generated xml file: {tempfile.gettempdir()}/strikeproof-run-1/junit.xml"
    shown = recorder.presentable(said, Path("/nowhere"))
    assert shown == "generated xml file: [temporary]/strikeproof-run-1/junit.xml"

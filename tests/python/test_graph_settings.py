"""Environment and words: what may be chosen, and that nothing else is ignored."""

import pytest

from tasks.graph import settings

pytestmark = pytest.mark.fast


@pytest.mark.parametrize(("value", "profile"), [("", "full"), ("0", "full"), ("1", "fast")])
def test_profile_follows_repro_fast(monkeypatch, value, profile):
    monkeypatch.setenv("REPRO_FAST", value)
    assert settings.profile() == profile


@pytest.mark.parametrize("value", ["yes", "true", "2", " 1"])
def test_a_switch_that_means_nothing_is_refused(monkeypatch, value):
    monkeypatch.setenv("REPRO_FAST", value)
    with pytest.raises(settings.SettingError, match="REPRO_FAST"):
        settings.profile()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("tikcet", "ticket-01"),
        ("ticket", ""),
        ("ticket", "ticket-"),
        ("ticket", "Ticket-06B"),
        ("ticket", "ticket-06b "),
        ("ticket", "ticket-01\n"),
        ("run_name", "../../x"),
        ("run_name", "a;rm -rf"),
        ("n", "0"),
    ],
)
def test_unknown_or_malformed_words_are_refused(name, value):
    with pytest.raises(settings.SettingError, match=name):
        settings.check_words({name: value})


def test_good_words_pass():
    settings.check_words({"ticket": "ticket-06b", "run_name": "2026-01-02_x", "n": "1000"})

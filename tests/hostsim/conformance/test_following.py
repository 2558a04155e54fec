"""Whoever waits sees that a check goes on."""

from __future__ import annotations

import io

import pytest
from rich.console import Console
from rich.progress import Progress, TextColumn

from hostsim.conformance.following import LiveFollower, PlainFollower
from hostsim.conformance.rule import Rule, Status, Verdict

VERDICT = Verdict(Rule("theme.rule", "it works", "2", lambda device: None), "dome/0", "", Status.PASS, "", "")


def test_plain_lines_say_what_is_checked(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """On standard error: the devices at the beginning, each that is through, and now and then how far they are."""
    follower = PlainFollower()
    follower.begins(["dome/0", "camera/0"])
    follower.judged(VERDICT)
    follower.waiting()
    monkeypatch.setattr("hostsim.conformance.following._SILENCE_S", 0.0)
    follower.waiting()
    follower.through("dome/0")
    out, err = capsys.readouterr()
    assert out == ""
    assert err.splitlines() == [
        "checking dome/0, camera/0 side by side",
        "still checking: dome/0 after theme.rule, camera/0",
        "dome/0 is through: 1 PASS, 0 FAIL, 0 SKIP, 0 INFO; 1 more under check",
    ]


def test_a_terminal_shows_the_rule_of_each_device() -> None:
    """A live line has the device, its counts and its rule; lines of results stand above, unbroken."""
    screen = io.StringIO()
    console = Console(file=screen, force_terminal=True, width=60)
    columns = (TextColumn("{task.description}"), TextColumn("{task.fields[stage]}"))
    with Progress(*columns, console=console) as progress:
        follower = LiveFollower(progress)
        follower.begins(["dome/0"])
        follower.judged(VERDICT)
        follower.line("x" * 80)
        progress.refresh()
        assert [task.fields["stage"] for task in progress.tasks] == ["1 PASS, 0 FAIL, 0 SKIP, 0 INFO theme.rule"]
        follower.through("dome/0")
        assert progress.tasks == []
    assert "x" * 80 in screen.getvalue()

"""The command, its lines, its summary, its JSON and its exit status."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from hostsim.commands import app
from hostsim.conformance.report import line, summary
from hostsim.conformance.rule import Rule, Status, Verdict

RULE = Rule("theme.rule", "it works", "2 Transport", lambda device: None)


def verdict(status: Status, *, seen: str = "this", expected: str = "that", place: str = "dome/0") -> Verdict:
    return Verdict(RULE, place, "Name GET", status, expected, seen)


def test_a_failure_says_what_was_expected_and_seen() -> None:
    """The line of a failure has the rule, the place, what was expected and what was seen."""
    text = line(verdict(Status.FAIL))
    assert text == "FAIL dome/0 theme.rule [Name GET]: it works | expected that; seen this"


def test_a_line_is_one_line() -> None:
    """Control characters that a server sends do not reach the terminal."""
    assert line(verdict(Status.PASS, seen="a\nb\x1b[31m")).endswith("| a?b?[31m")


def test_the_summary_counts_by_device() -> None:
    """Each device has its counts, and all of them together."""
    lines = summary([verdict(Status.PASS), verdict(Status.FAIL), verdict(Status.SKIP, place="camera/1")])
    assert lines == [
        "dome/0    1 PASS, 1 FAIL, 0 SKIP, 0 INFO",
        "camera/1  0 PASS, 0 FAIL, 1 SKIP, 0 INFO",
        "all       1 PASS, 1 FAIL, 1 SKIP, 0 INFO",
    ]


def test_the_command_passes_our_wheel(address: str) -> None:
    """Every rule has a line, a summary follows, and the exit status is 0."""
    result = CliRunner().invoke(app, ["conformance", address, "--device", "filterwheel/0", "--untimed"])
    assert result.exit_code == 0, result.output
    lines = result.output.splitlines()
    assert len([text for text in lines if text.startswith("PASS")]) > 200
    assert lines[-1].startswith("all ")


def test_json_is_one_document(address: str) -> None:
    """Every verdict with its rule, and the counts; null where the check went to its end."""
    result = CliRunner().invoke(app, ["conformance", address, "--device", "safetymonitor/0", "--untimed", "--json"])
    assert result.exit_code == 0
    content = json.loads(result.stdout)
    assert content["passed"] is True
    assert content["incomplete"] is None
    assert content["counts"]["PASS"] == len([v for v in content["verdicts"] if v["status"] == "PASS"]) > 100
    assert {"rule", "text", "section", "profile", "place", "subject", "expected", "seen"} < set(content["verdicts"][0])


@pytest.mark.parametrize(
    "arguments", [["nowhere"], ["host:0"], ["host:1", "--device", "camera"], ["host:1", "--device", "x/0"]]
)
def test_what_cannot_be_meant_is_refused(arguments: list[str]) -> None:
    """An address without a port, or a device that cannot be, is a wrong use of the command: exit status 2."""
    assert CliRunner().invoke(app, ["conformance", *arguments]).exit_code == 2

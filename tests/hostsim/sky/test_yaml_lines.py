"""YAML is read with the lines its values stand on, and refused with one."""

from __future__ import annotations

import pytest

from hostsim.sky.yaml_lines import YamlError, YamlText, shown


def test_values_know_their_lines() -> None:
    """A location leads to its line; a part that is not there to the line of what holds it."""
    document = YamlText("a: 1\nb:\n  - c: 2\n  - d: 3\n")
    assert document.data == {"a": 1, "b": [{"c": 2}, {"d": 3}]}
    assert [document.line_of(each) for each in [("a",), ("b", 0, "c"), ("b", 1, "d"), ("b", 1, "e"), ("z",)]] == [
        1, 3, 4, 4, 1,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("# nothing\n", 1, "empty"),
        ("a: [\n", 2, "not YAML"),
        ("a: 1\nb: \x01", 2, "character #x0001"),
        ("a: 1\na: 2\n", 2, "a occurs twice"),
        ("a: 2026-13-45\n", 1, "not usable: month"),
        ("a: &a [*a]\n", 1, "not usable|more than"),
        ("a: [" + "1, " * 30_000 + "1]", 1, "more than 20000 values"),
        ("#" * 300_000, 1, "at most 200000 characters"),
    ],
)
def test_what_is_no_use_is_refused(text: str, line: int, message: str) -> None:
    """A text that is not YAML, or not of a sensible size, is refused with the line."""
    with pytest.raises(YamlError, match=message) as caught:
        YamlText(text)
    assert caught.value.line == line


def test_locations_read_like_paths() -> None:
    """Keys are joined by dots, indices stand in brackets."""
    assert shown(("clouds", "banks", 0, "end_hours")) == "clouds.banks[0].end_hours"
    assert shown(()) == ""

"""Where values stand in a TOML text."""

from __future__ import annotations

from hostsim.alpaca.toml_lines import line_numbers, nearest_line

TEXT = """\
title = "x"

[[servers]]   # first
port = 1
[[servers.devices]]
kind = "camera"
sensor.width = 5
[servers.devices.cooler]
"odd key" = 2
[[servers.devices]]
kind = "focuser"

[[servers]]
[[servers.devices]]
kind = 'dome'
limits = { low = 1,
  high = 2 }
"""


def test_every_table_and_key_has_its_line() -> None:
    """Tables in lists are counted, each list within its own table."""
    lines = line_numbers(TEXT)
    assert lines["title",] == 1
    assert lines["servers", 0] == 3
    assert lines["servers", 0, "port"] == 4
    assert lines["servers", 0, "devices", 0] == 5
    assert lines["servers", 0, "devices", 0, "sensor", "width"] == 7
    assert lines["servers", 0, "devices", 0, "cooler", "odd key"] == 9
    assert lines["servers", 0, "devices", 1, "kind"] == 11
    assert lines["servers", 1, "devices", 0, "kind"] == 15


def test_what_has_no_line_stands_where_its_table_does() -> None:
    """A missing key, or one of an inline table, is looked for around it."""
    lines = line_numbers(TEXT)
    assert nearest_line(lines, ("servers", 1, "devices", 0, "limits", "low")) == 16
    assert nearest_line(lines, ("servers", 0, "devices", 1, "name")) == 10
    assert nearest_line(lines, ("nothing",)) == 1

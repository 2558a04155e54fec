from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from tsplug.astrobin.summary import Flat, SessionSummary, summary_text

GENERATED = datetime(2026, 1, 16, 6, 0, tzinfo=UTC)


def test_the_summary_tells_target_site_equipment_and_totals(make_light: Any) -> None:
    """Frames of a filter are counted and their seconds summed, whatever their exposures."""
    lights = [make_light(ambient_c=1.0), make_light(exposure_s=60.0, ambient_c=-2.0), make_light(filter_name="Ha")]
    flats = [
        Flat(name=str(number), filter_name="L", exposure_s=1.5, gain=100, night=date(2026, 1, 15)) for number in (1, 2)
    ]
    text = summary_text(SessionSummary("M 81", lights, flats, GENERATED, left_out=("rejected lights: 1",)))
    squeezed = [" ".join(line.split()) for line in text.splitlines()]
    assert "Target: M 81" in squeezed
    assert "Latitude 47.4000°, longitude 8.5000°, 0 m" in squeezed
    assert "Telescope: TS (550 mm, f/5.5)" in squeezed
    assert 'L 1 100 3.10" -9.6 °C 1.0 °C 120 s 2 min 00 s' in squeezed
    assert 'L 1 100 3.10" -9.6 °C -2.0 °C 60 s 1 min 00 s' in squeezed
    assert "Total exposure of lights: 5 min 00 s" in squeezed
    assert "Temperature: -2.0 °C to 2.0 °C, mean 0.3 °C" in squeezed
    assert "L 2 100 1.5 s 3 s 2026-01-15" in squeezed
    assert squeezed[-4:] == ["Number of images: 5", "", "Left out:", "rejected lights: 1"]


def test_sites_are_told_apart(make_light: Any) -> None:
    """Each place has its own part, in order of name, with its own period."""
    other = make_light().place.model_copy(update={"name": "Berg"})
    lights = [make_light(), make_light(place=other, night=date(2026, 1, 20), started="2026-01-20T20:00:00Z")]
    text = summary_text(SessionSummary("M 81", lights, [], GENERATED))
    assert text.index("Site: Berg") < text.index("Site: Sternwarte")
    assert text.count("Days:        1") == 2


def test_nothing_counted_is_said(make_light: Any) -> None:
    """A target without counted lights has a summary that says so."""
    text = summary_text(SessionSummary("M 81", [], [], GENERATED, left_out=("rejected lights: 2",)))
    assert "No light counts." in text
    assert "rejected lights: 2" in text

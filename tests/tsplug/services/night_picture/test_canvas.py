"""Axes of time over nights in which clocks are changed, and words in whatever letters there are."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from PIL import ImageFont

from tsplug.services.night_picture.canvas import RIGHT, Canvas, Frame, hours_between


@pytest.mark.parametrize(
    ("zone", "first", "shown"),
    [
        ("America/Santiago", datetime(2026, 4, 5, 1, 30, tzinfo=UTC), ["23", "23", "00"]),
        ("Europe/Zurich", datetime(2026, 3, 28, 23, 30, tzinfo=UTC), ["01", "03", "04"]),
        ("Asia/Kolkata", datetime(2026, 1, 1, 15, 0, tzinfo=UTC), ["21", "22", "23"]),
        ("Australia/Lord_Howe", datetime(2026, 4, 4, 13, 50, tzinfo=UTC), ["01", "02", "03"]),
    ],
)
def test_full_hours_are_those_of_the_clocks_at_the_site(zone: str, first: datetime, shown: list[str]) -> None:
    """An hour is there twice, or not at all, where clocks are changed; half an hour of a zone shifts them all."""
    hours = hours_between(first, first + timedelta(hours=3), zone=ZoneInfo(zone))
    assert [f"{hour:%H}" for hour in hours] == shown
    frame = Frame(first, first + timedelta(hours=3))
    places = [frame.x(hour) for hour in hours]
    assert places == sorted(set(places))
    assert places[-1] <= RIGHT


@pytest.mark.parametrize("has_fonts", [True, False])
def test_letters_beyond_ascii_can_be_read(has_fonts: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a font of the system they are written as they are, else as the plain letters they are like."""
    from tsplug.services.night_picture import canvas

    real = ImageFont.truetype

    def load(font: Any, size: int, **settings: Any) -> Any:
        if not isinstance(font, str):
            return real(font, size, **settings)
        if not has_fonts:
            raise OSError(font)
        return ImageFont.load_default(size)

    monkeypatch.setattr(ImageFont, "truetype", load)
    canvas.font_of.cache_clear()
    try:
        shown, _ = canvas.lettered("Troms\u00f8 \u0160koda \u2606", 15)
    finally:
        canvas.font_of.cache_clear()
    assert shown == ("Troms\u00f8 \u0160koda \u2606" if has_fonts else "Tromso Skoda ?")


def test_words_are_wrapped_between_them() -> None:
    """No line is wider than it may be, unless one word alone is."""
    sheet = Canvas()
    lines = sheet.wrapped(["M 31", "NGC 7000", "IC 1805", "M 1"], size=13, width=100)
    assert ", ".join(line.rstrip(",") for line in lines) == "M 31, NGC 7000, IC 1805, M 1"
    assert len(lines) > 1
    assert all(sheet.width_of(line, size=13) <= 100 for line in lines)

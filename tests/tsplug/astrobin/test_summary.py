from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from tsplug.astrobin.configuration import Choices, Configuration
from tsplug.astrobin.export import exported
from tsplug.astrobin.frames import Frame, FrameKind, Place
from tsplug.astrobin.summary import SummaryInput, summary_document
from tsplug.astrobin.summary_html import summary_html
from tsplug.astrobin.summary_text import summary_text

GENERATED = datetime(2026, 1, 16, 6, 0, tzinfo=UTC)
# Example 1 of the reference's documentation, Ha: spec/peers f. Frames, FWHM, temperature of each row; the temperatures
# are ours, with the mean of rows as published (13.50).
EXAMPLE = ((20, 4.76, 12.0), (24, 4.75, 11.5), (7, 4.82, 17.0))


def document(frames: list[Frame], *, choices: Choices | None = None, **more: Any) -> Any:
    chosen = choices or Choices()
    content = exported(frames, Configuration(), choices=chosen)
    return summary_document(SummaryInput("M 81", content, GENERATED, Configuration(), chosen, **more))


def squeezed(frames: list[Frame], **more: Any) -> list[str]:
    return [" ".join(line.split()) for line in summary_text(document(frames, **more)).splitlines()]


def example(make_frame: Any) -> list[Frame]:
    """Return the lights of the example: each row's frames alike, with the HFR that gives its FWHM by factor 2."""
    frames = []
    for night, (count, fwhm, air) in enumerate(EXAMPLE):
        for _ in range(count):
            started = datetime(2023, 7, 6 + night, 21, 0, tzinfo=UTC)
            light = make_frame(
                started=started, night=None, filter_name="Ha", fwhm_arcsec=fwhm, ambient_c=None, focuser_c=air
            )
            scale = light.scale_arcsec or 0
            frames.append(make_frame(**(_fields(light) | {"hfr_px": fwhm / 2 / scale})))
    return frames


def _fields(frame: Frame) -> dict[str, Any]:
    names = ("started", "night", "filter_name", "fwhm_arcsec", "ambient_c", "focuser_c")
    return {name: getattr(frame, name) for name in names}


def test_means_weigh_frames_and_published_ones_rows(make_frame: Any) -> None:
    """51 frames have the mean 4.76, their rows 4.78; the temperature is 12.45 by frames and 13.50 by rows."""
    ours = next(line for line in squeezed(example(make_frame)) if line.startswith("Ha 51"))
    assert ours == 'Ha 51 100 - 4.76" -9.6 °C 12.45 °C 120 s 1 h 42 min 00 s'
    published = squeezed(example(make_frame), choices=Choices(compatible=True))
    assert 'Ha 51 100 - 4.78" -9.6 °C 13.50 °C 120 s 1 h 42 min 00 s' in published
    assert "Temperature: 11.5 °C to 17.0 °C, mean 13.50 °C" in published


def test_days_and_sessions(make_frame: Any) -> None:
    """Ours: days inclusive, nights counted. Published: days between, half the number of dates, halves to even."""
    frames = [make_frame(started=GENERATED + timedelta(days=day), night=None) for day in (0, 1, 2, 5, 9)]
    assert {"Days: 10", "Sessions: 5"} <= set(squeezed(frames))
    assert {"Days: 9", "Sessions: 2"} <= set(squeezed(frames, choices=Choices(compatible=True)))


def test_exposures_do_not_mix(make_frame: Any) -> None:
    """4 x 300 s and 3 x 600 s are two lines and 50 minutes, where the reference prints 35 (spec astrobin 14)."""
    frames = [make_frame(exposure_s=seconds) for seconds, count in ((300.0, 4), (600.0, 3)) for _ in range(count)]
    lines = squeezed(frames)
    assert [line.split()[1] for line in lines if line.startswith("L ")] == ["4", "3"]
    assert "Total exposure: 50 min 00 s" in lines


def test_calibration_is_told_by_kind(make_frame: Any) -> None:
    """Raw frames and masters have tables of their own; a master that does not tell its frames is marked."""
    frames = [
        *(make_frame(), make_frame(FrameKind.FLAT), make_frame(FrameKind.FLAT)),
        make_frame(FrameKind.DARK, is_master=True, count=50),
        make_frame(FrameKind.BIAS, is_master=True, count=None),
        make_frame(FrameKind.DARK, exposure_s=30.0),
    ]
    lines = squeezed(frames)
    assert "L 2 100 1.5 s 3 s 2026-01-15" in lines
    assert "100 50 120 s -9.6 °C 1 h 40 min 00 s" in lines
    assert "Total: ? frames, 1.5 s" in lines
    assert "Number of images: 5 (1 lights, 4 calibration)" in lines
    assert lines[-2:] == ["Calibration that fits none of these lights", "1 x dark, gain 100, 30 s"]


def test_sites_are_told_apart(make_frame: Any) -> None:
    """Each place has its own part, in order of name, with its own period."""
    other = make_frame().place.model_copy(update={"name": "Berg"})
    lines = squeezed([make_frame(), make_frame(place=other, night=date(2026, 1, 20))])
    assert [line for line in lines if line.startswith("Site:")] == ["Site: Berg", "Site: Sternwarte"]
    assert lines.count("Days: 1") == 2


def test_two_sites_of_one_name_are_two(make_frame: Any) -> None:
    """Where the nights of two sites alternate, each is summarised once."""
    sites = [Place(name="Home", latitude_deg=north, longitude_deg=8.0) for north in (47.0, 48.0)]
    nights = (date(2026, 1, day) for day in (10, 11, 12, 13))
    frames = [make_frame(night=night, place=sites[number % 2]) for number, night in enumerate(nights)]
    assert squeezed(frames).count("Site: Home") == 2


def test_nothing_counted_is_said(make_frame: Any) -> None:
    """A target without counted lights has a summary that says so, as text and as a page."""
    told = document([], left_out=("rejected lights: 2",), problems=("a.fits: is empty",))
    text = summary_text(told)
    assert "No light counts." in text
    assert "  rejected lights: 2" in text
    assert "  a.fits: is empty" in text
    assert "No light counts." in summary_html(told)


def test_a_page_takes_no_name_for_markup(make_frame: Any) -> None:
    """Names from headers are shown as they are, and nothing on the page comes from elsewhere."""
    page = summary_html(document([make_frame(target_name="<script>x</script>", filter_name="a&b")]))
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert "<td>a&amp;b</td>" in page
    assert "src=" not in page

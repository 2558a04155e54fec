"""The night on a screen and in a pipe."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import StringIO
from zoneinfo import ZoneInfo

import pytest
from rich.console import Console

from hostsim.progress.display import Imaging
from hostsim.progress.live import LiveDisplay, NightConsole
from hostsim.progress.plain import PlainDisplay
from hostsim.progress.tables import print_tables
from tsplug import FlatRunReport, FlatSetReport, FlatSpec, Profile, load_catalogue
from tsplug.testing.catalogue import first_catalogue
from tsplug.testing.clock import ManualClock
from tsplug.testing.store import memory_store

IMAGING = Imaging("M 42 [x]", "Ha", done=3, wanted=9, ready_at=datetime(2026, 1, 16, 2, 30, tzinfo=UTC))


def test_plain_lines_carry_the_nights_time() -> None:
    """Without a terminal each event is one line with the simulated time at the site, a repeated report only once."""
    stream = StringIO()
    display = PlainDisplay(stream, ManualClock(), zone=ZoneInfo("Europe/Zurich"))
    display.instruction("scheduler_container")
    display.imaging(IMAGING)
    display.exposing(300.0)
    display.report("measuring", done=1, total=2)
    display.report("measuring", done=2, total=2)
    display.saved()
    display.warn("cloud")
    lines = stream.getvalue().splitlines()
    assert all(line.startswith("2026-01-15 19:00:00 CET  ") for line in lines)
    assert [line[25:] for line in lines] == [
        "== scheduler_container",
        "[4/9] M 42 [x] Ha 300 s, ready 02:30 UTC at the earliest",
        "measuring",
        "WARNING cloud",
    ]


class Gone(StringIO):
    """A stream whose reader may go."""

    error: OSError | None = None

    def write(self, text: str) -> int:
        if self.error is not None:
            raise self.error
        return super().write(text)


@pytest.fixture(params=[BrokenPipeError(32, "Broken pipe"), OSError(28, "No space left on device")])
def error(request: pytest.FixtureRequest) -> OSError:
    assert isinstance(request.param, OSError)
    return request.param


def test_nobody_who_stops_reading_ends_a_night(error: OSError) -> None:
    """A pipe that breaks, or a full disk, costs the lines, which the log has too."""
    stream = Gone()
    display = PlainDisplay(stream, ManualClock())
    display.note("before")
    stream.error = error
    display.warn("cloud")
    assert stream.getvalue().endswith("before\n")


def test_no_terminal_that_goes_away_ends_a_night(error: OSError) -> None:
    """Neither its lines nor its end."""
    stream = Gone()
    console = NightConsole(file=stream, force_terminal=True, width=100)
    with LiveDisplay(console, ManualClock(), title="Night") as display:
        display.note("before")
        stream.error = error
        display.warn("cloud")
    assert "before" in stream.getvalue()


def test_what_takes_nights_is_told_in_hours() -> None:
    """A time of day would be read as one of this night."""
    now = ManualClock().now()
    assert replace(IMAGING, ready_at=now + timedelta(hours=50)).ready(now) == "50 h of exposures to go"
    assert replace(IMAGING, ready_at=now + timedelta(hours=9), tonight=False).ready(now) == "9 h of exposures to go"


def test_the_live_panel_shows_everything() -> None:
    """In a terminal one panel shows instruction, target, exposure, counts, time, estimate and activity."""
    console = Console(file=StringIO(), force_terminal=True, width=100)
    with LiveDisplay(console, ManualClock(), title="First night") as display:
        display.instruction("scheduler_container")
        display.imaging(IMAGING)
        display.exposing(300.0)
        display.note("flipping")
        display.warn("cloud")
        display.report("measuring", done=1, total=2)
    shown = console.file
    assert isinstance(shown, StringIO)
    text = shown.getvalue()
    for part in ("First night", "scheduler_container", "M 42 [x]", "300 s", "3 of 9", "18:00:00", "02:30", "1/2"):
        assert part in text
    assert "flipping" in text
    assert "cloud" in text


def test_no_light_is_numbered_beyond_the_wanted() -> None:
    """Within one decision each light has its own number, and no number exceeds how many are wanted."""
    stream = StringIO()
    display = PlainDisplay(stream, ManualClock())
    display.imaging(IMAGING)
    for _ in range(7):
        display.exposing(300.0)
        display.saved()
    numbers = [line[25:].split()[0] for line in stream.getvalue().splitlines()]
    assert numbers == ["[4/9]", "[5/9]", "[6/9]", "[7/9]", "[8/9]", "[9/9]", "[10/10]"]


def test_a_line_above_the_panel_comes_with_a_fresh_panel() -> None:
    """A note ends what was under way before it, and the panel below it shows the note's own time."""
    console = Console(file=StringIO(), force_terminal=True, width=100)
    clock = ManualClock()
    with LiveDisplay(console, clock, title="First night", zone=ZoneInfo("Europe/Zurich")) as display:
        display.imaging(IMAGING)
        display.exposing(300.0)
        display.report("measuring 0017.fits", done=0, total=1)
        display.saved()
        clock.sleep(48)
        display.note("autofocus around 5000")
        stream = console.file
        assert isinstance(stream, StringIO)
        below = stream.getvalue().rpartition("autofocus around 5000")[2]
    assert "19:00:48 CET" in below
    assert "19:00:00 CET" not in below
    assert "measuring" not in below
    assert "4 of 9 lights" in below


def test_reasons_of_flats_stand_below_the_table_at_full_width() -> None:
    """On a narrow terminal the reason of a skipped set is read in lines of text, whole, not in a narrow column."""
    clock = ManualClock()
    store = memory_store(clock)
    profile = load_catalogue(first_catalogue(), store, clock=clock)
    spec = FlatSpec(
        filter_name="Ha", gain=100, offset=50, binning=1, readout_mode=None, roi_percent=100, rotation_deg=31.5
    )
    reason = "the panel is too bright even at brightness 1 [level 61000]: train this filter at a shorter exposure"
    skipped = FlatSetReport(spec=spec, sessions=("x",), wanted=10, on_disk=0, reason=reason)
    console = Console(file=StringIO(), width=80)
    print_tables(console, store, profile=profile, flat_runs=[FlatRunReport(skipped=(skipped,))])
    stream = console.file
    assert isinstance(stream, StringIO)
    below = stream.getvalue().rpartition("\u2518")[2]
    assert " ".join(below.split()) == f"Ha at 31.50, skipped: {reason}"
    assert len(below.strip().splitlines()) == 2
    assert max(len(line) for line in stream.getvalue().splitlines()) <= 80
    store.close()


def test_the_tables_hold_plans_and_flats() -> None:
    """The tables at the end list every plan with its counts, and every flat set with camera and level."""
    clock = ManualClock()
    store = memory_store(clock)
    profile = load_catalogue(first_catalogue(), store, clock=clock)
    assert isinstance(profile, Profile)
    spec = FlatSpec(
        filter_name="L", gain=100, offset=50, binning=1, readout_mode=None, roi_percent=100, rotation_deg=31.5
    )
    taken = FlatSetReport(
        spec=spec, sessions=("x",), wanted=10, on_disk=10, brightness=39, exposure_s=2.0, adu_median=29_910.0
    )
    console = Console(file=StringIO(), width=160)
    dark = taken.model_copy(update={"spec": spec.model_copy(update={"filter_name": ""}), "reason": "seen light"})
    dry = FlatRunReport(dry_run=True, skipped=(taken.model_copy(update={"reason": "never told"}),))
    runs = [FlatRunReport(profile_name="Rig", taken=(taken,), failed=(dark,)), dry]
    print_tables(console, store, profile=profile, flat_runs=[*runs, FlatRunReport(profile_name="Wide", taken=(taken,))])
    stream = console.file
    assert isinstance(stream, StringIO)
    text = stream.getvalue()
    for part in ("desired", "accepted", "31.50", "10/10", "29910"):
        assert part in text
    assert "Rig: dark flats, failed: seen light" in text
    assert "never told" not in text
    whose = [line.split("\u2502")[1].strip() for line in text.splitlines() if "10/10" in line]
    assert whose == ["Rig", "Rig", "Wide"]
    store.close()

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from tsplug.astrobin.configuration import Choices, Configuration, Dates, KnownSite
from tsplug.astrobin.export import Exported, exported
from tsplug.astrobin.frames import FrameKind, Gear
from tsplug.astrobin.places import distance_km
from tsplug.astrobin.sky import bortle_of, sky_quality_of

GARDEN = KnownSite(name="Garden", latitude_deg=52.2485, longitude_deg=-0.1232, bortle=4, sky_quality=20.52)


def export(frames: list[Any], dates: Dates = Dates.NIGHT, **settings: Any) -> Exported:
    return exported(frames, Configuration(**settings), choices=Choices(dates=dates))


def at(make_frame: Any, north: float | None, east: float | None, **changes: Any) -> Any:
    return make_frame(**({"place": None, "night": None, "latitude_deg": north, "longitude_deg": east} | changes))


def test_distances_are_great_circles() -> None:
    """One degree of latitude is 111.19 km, and the date line is no border."""
    assert distance_km((52.0, 0.0), (53.0, 0.0)) == pytest.approx(111.195, abs=0.01)
    assert distance_km((0.0, 179.9), (0.0, -179.9)) == pytest.approx(22.239, abs=0.01)


@pytest.mark.parametrize(
    ("north", "east", "site"),
    [
        (52.2485, -0.1232, "Garden"),
        (52.2574, -0.1232, "Garden"),  # 990 m
        (52.2576, -0.1232, "52.2576° N, 0.1232° W"),  # 1012 m
        (0.0, 0.0, "site not known"),
        (None, None, "site not known"),
    ],
)
def test_a_known_site_is_met_within_its_radius(
    make_frame: Any, north: float | None, east: float | None, site: str
) -> None:
    """Frames within a kilometre of a site belong to it; without coordinates nothing is invented where two are known."""
    other = KnownSite(name="Other", latitude_deg=-30.0, longitude_deg=20.0)
    (row,) = export([at(make_frame, north, east)], sites=(GARDEN, other)).rows
    assert (row.site, row.bortle) == (site, 4 if site == "Garden" else None)


def test_readings_that_wander_are_one_site(make_frame: Any) -> None:
    """Coordinates that differ in the fourth decimal are one place, named by the header where it has a name."""
    gear = Gear(site_name="Hill")
    frames = [at(make_frame, 47.4 + 0.0001 * number, 8.5, gear=gear) for number in range(5)]
    (row,) = export(frames).rows
    assert (row.number, row.site) == (5, "Hill")


def test_calibration_belongs_to_the_nearest_lights(make_frame: Any) -> None:
    """Each of two sites has its own darks; darks that do not know where they were taken serve both."""
    darks = [at(make_frame, 52.3, -0.1, kind=FrameKind.DARK), at(make_frame, 12.0, -61.0, kind=FrameKind.DARK)]
    frames = [at(make_frame, 52.2485, -0.1232), at(make_frame, 12.0529, -61.7523), *darks]
    assert [row.darks for row in export(frames).rows] == [1, 1]
    nowhere = at(make_frame, None, None, kind=FrameKind.DARK)
    assert [row.darks for row in export([*frames, nowhere]).rows] == [2, 2]


@pytest.mark.parametrize(
    ("started", "local", "east", "zone", "night"),
    [
        # spec astrobin 10: an evening in Korea begins before noon UTC, one in Hawaii ends after 16:00 UTC.
        ("2023-09-20T11:30", None, 127.7, None, date(2023, 9, 20)),
        ("2023-09-20T05:00", None, -155.5, None, date(2023, 9, 19)),
        ("2023-07-06T00:05", None, -0.1, None, date(2023, 7, 5)),
        ("2023-07-06T11:30", None, 8.5, None, date(2023, 7, 6)),  # 12:04 by the sun
        ("2023-01-06T11:30", None, 8.5, "Europe/Zurich", date(2023, 1, 6)),  # 12:30 by the clock
        ("2023-01-06T10:30", None, 8.5, "Europe/Zurich", date(2023, 1, 5)),
        ("2023-01-06T10:30", "2023-01-06T12:30", 8.5, "Europe/Zurich", date(2023, 1, 6)),
    ],
)
def test_a_night_is_from_noon_to_noon_at_the_site(
    make_frame: Any, started: str, *, local: str | None, east: float, zone: str | None, night: date
) -> None:
    """Local time is the frame's own, else the zone's, else the longitude's; never UTC noon."""
    moment = datetime.fromisoformat(started).replace(tzinfo=UTC)
    told = None if local is None else datetime.fromisoformat(local)
    light = at(make_frame, 10.0, east, started=moment, started_local=told)
    site = KnownSite(name="S", latitude_deg=10.0, longitude_deg=east, time_zone=zone)
    assert [row.date for row in export([light], sites=(site,)).rows] == [night]
    assert [row.date for row in export([light], Dates.UTC).rows] == [moment.date()]


def test_lights_without_a_filter_are_hinted_at(make_frame: Any) -> None:
    """A camera without filters is no fault, but its owner can name one in the settings."""
    assert export([make_frame(filter_name="", filter_id=None)]).hints == (
        "1 light names no filter, the filter cell is empty: name yours in the settings, [defaults] FILTER",
    )
    assert "2 lights name no filter" in export([make_frame(filter_name="", filter_id=None) for _ in range(2)]).hints[0]
    assert export([make_frame()]).hints == ()


def test_two_targets_in_one_csv_are_hinted_at(make_frame: Any) -> None:
    """All folders belong to one target; panels of a mosaic, spellings and lights without a name are no others."""
    frames = [make_frame(target_name=name) for name in ("M 81", "NGC 7000")]
    assert export(frames).hints == ("lights of 2 targets are in one CSV: M 81; NGC 7000",)
    names = ("NGC 1499 Panel 1", "ngc_1499_panel_2", "")
    assert export([make_frame(target_name=name) for name in names]).hints == ()


def test_nights_that_nothing_tells_are_said_to_be_guessed(make_frame: Any) -> None:
    """Without local time and site the night is taken in UTC, and a hint says for how many lights."""
    assert "1 lights tell neither local time nor site" in export([at(make_frame, None, None)]).hints[0]
    assert export([at(make_frame, 10.0, 20.0)]).hints == ()


@pytest.mark.parametrize(("brightness", "sky"), [(0.0, 22.00), (0.25, 21.02), (1.0, 19.91)])
def test_sky_quality_of_a_brightness(brightness: float, sky: float) -> None:
    """Source: spec/peers f."""
    assert sky_quality_of(brightness) == sky


@pytest.mark.parametrize(
    ("sky", "bortle"),
    [
        *((22.0, 1), (21.99, 2), (21.5, 2), (21.495, 2), (21.494, 3), (21.49, 3), (21.25, 3), (21.24, 4), (20.5, 4)),
        *((20.495, 4), (20.49, 5), (19.5, 5), (19.49, 6), (18.5, 6), (17.5, 7), (17.49, 8), (17.0, 8), (16.99, 9)),
    ],
)
def test_bortle_classes_join(sky: float, bortle: int) -> None:
    """Both sides of every bound, and values between two hundredths, which fall through to 9 elsewhere."""
    assert bortle_of(sky) == bortle


@pytest.mark.parametrize("brightness", [-0.1, float("nan")])
def test_no_brightness_is_negative(brightness: float) -> None:
    """A brightness that cannot be is refused."""
    with pytest.raises(ValueError, match="does not exist"):
        sky_quality_of(brightness)

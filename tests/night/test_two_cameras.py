"""Two cameras on one mount, over Alpaca, under one sky."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from astropy.io import fits
from nights import Night

TWO_CAMERAS = Path(__file__).parent / "two_cameras.yaml"


def spans(rows: list[dict[str, Any]], profile: str) -> list[tuple[datetime, datetime]]:
    """Return when the exposures of a profile began and ended, in order."""
    found = sorted(
        (datetime.fromisoformat(row["started"]), row["exposure_s"]) for row in rows if row["profile"] == profile
    )
    return [(began, began + timedelta(seconds=seconds)) for began, seconds in found]


def test_the_second_camera_exposes_within_the_exposures_of_the_first(night: Night) -> None:
    """Both count for the plan, which ends exactly at what is desired; the mount never moves while one exposes."""
    night.run(TWO_CAMERAS)
    rows = night.tsplug("images", "list")
    first, second = spans(rows, "Main camera"), spans(rows, "Wide camera")
    # Two of 50 s beside each of 120 s: 1 + 2, 1 + 2, and the last one alone.
    assert (len(first), len(second)) == (3, 4)
    slack = timedelta(seconds=5)
    assert all(any(a <= began and ended <= b + slack for a, b in first) for began, ended in second)
    plan = night.tsplug("plan", "list")[0]
    assert (plan["desired"], plan["acquired"], plan["accepted"]) == (7, 7, 7)
    headers = [fits.getheader(file) for file in night.frames("lights")]
    places = {(round(header["RA"], 5), header["EXPTIME"] > 100) for header in headers}
    # Each of the first camera's exposures is dithered, and the second's share its place.
    assert len({place for place, _ in places}) == 3

"""Training, immediate flats and sky flats in one simulated night, over real HTTP and under the simulated twilight."""

from __future__ import annotations

from pathlib import Path

import pytest
from astropy.io import fits
from nights import Night

pytestmark = [pytest.mark.timeout(900), pytest.mark.xdist_group("flat night")]

FLAT_NIGHT = Path(__file__).parent / "flat_night.yaml"
HALF = 65_535 / 2


@pytest.fixture(scope="session")
def flat_night(tmp_path_factory: pytest.TempPathFactory) -> Night:
    """The night of flats, run once to its end."""
    finished = Night(tmp_path_factory.mktemp("flats") / "out")
    finished.run(FLAT_NIGHT)
    return finished


def sets(night: Night) -> list[dict[str, object]]:
    """Return the flat sets of a night, oldest first."""
    rows: list[dict[str, object]] = night.tsplug("flats", "history")
    return sorted(rows, key=lambda row: str(row["started"]))


def test_the_wizard_trains_the_panel(flat_night: Night) -> None:
    """Both filters are trained for half the range on the simulated camera, which has a bias and a full well."""
    log = (flat_night.out / "night.log").read_text(encoding="utf-8")
    assert "flat_wizard" in log
    panel = [row for row in sets(flat_night) if row["brightness"]]
    assert {row["filter"] for row in panel} == {"L", "Ha"}
    for row in panel:
        assert row["adu_median"] == pytest.approx(HALF, rel=0.15)


def test_immediate_flats_follow_their_target(flat_night: Night) -> None:
    """The first target's flats are taken in the night, at its angle, before the second one's lights."""
    panel = [row for row in sets(flat_night) if row["brightness"] and row["state"] == "complete"]
    assert len(panel) == 2
    for row in panel:
        assert row["wanted"] == 3
        assert [session["target"] for session in row["sessions"]] == ["M 45"]  # type: ignore[attr-defined]
    lights = {row["target"]: row["started"] for row in flat_night.tsplug("images", "list")}
    assert max(str(row["taken_at"]) for row in panel) < lights["M 81"]


def test_the_dawn_lights_the_others(flat_night: Night) -> None:
    """As the sky brightens L is taken before Ha, each frame within 30 per cent of the level, with falling exposures."""
    sky = [row for row in sets(flat_night) if row["flats_type"] == "sky" and row["state"] == "complete"]
    assert [row["filter"] for row in sky] == ["L", "Ha"]
    for row in sky:
        assert [session["target"] for session in row["sessions"]] == ["M 81"]  # type: ignore[attr-defined]
        frames = [fits.open(frame["file"]) for frame in row["files"]]  # type: ignore[attr-defined]
        exposures = [hdus[0].header["EXPOSURE"] for hdus in frames]
        assert exposures == sorted(exposures, reverse=True)
        for hdus in frames:
            hdus.close()
        for frame in row["files"]:  # type: ignore[attr-defined]
            assert frame["adu_median"] == pytest.approx(HALF, rel=0.3)


def test_dark_flats_have_the_exposures_of_the_panels_flats(flat_night: Night) -> None:
    """Dark flats are taken behind the closed cover at the level of the bias, and linked to the same lights."""
    rows = sets(flat_night)
    exposures = {
        kind: sorted(str(row["exposure_s"]) for row in rows if row["flats_type"] == kind) for kind in ("dark", "panel")
    }
    assert exposures["dark"] == exposures["panel"]
    for row in rows:
        if row["flats_type"] == "dark":
            assert row["adu_median"] == pytest.approx(500.0, abs=50.0)
            assert [session["target"] for session in row["sessions"]] == ["M 45"]  # type: ignore[attr-defined]


def test_nothing_is_left_to_do(flat_night: Night) -> None:
    """Every session has its flats, the books agree with the disk, and the panel is dark."""
    assert [row["reason"][:9] for row in flat_night.tsplug("flats", "due", "--at", "2026-01-16T07:00:00+00:00")] == [
        "has flats"
    ] * 4
    assert flat_night.tsplug("doctor")["problems"] == []
    assert not flat_night.state()["simulators"]["devices"]["covercalibrator/0"]["lit"]

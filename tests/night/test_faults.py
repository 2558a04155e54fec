"""What a night does when something goes wrong: one clear message, nothing lost, equipment safe, and on where it can."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pytest
from faulty import FLATS, LIGHTS, Faults, FaultyNight

from hostsim.faults import FAULTS

pytestmark = pytest.mark.timeout(600)

# Seconds after the start: cooled at 68, imaging from 73, the first light at 97, the wheel turns at 340, the last light
# ends at 703; the flats begin at 9000.
IMAGING, TURNING, EXPOSING, FLATTING = 80, 300, 130, 8000


@dataclass(frozen=True)
class GoesOn:
    """A night that comes to its end: what it says (in a warning or its log), its lights, flats and flagged flats."""

    faults: Faults
    says: str = ""
    lights: int = LIGHTS
    flats: int = FLATS
    flagged: int = 0


@dataclass(frozen=True)
class Stops:
    """A night that stops: where and what it says, how much it has then, and whether it ends well when run again.

    ``in_vain`` is how often it is run again before it can go on.
    """

    faults: Faults
    says: str
    lights: int = 0
    flats: int = 0
    ends_well: bool = True
    in_vain: int = 0
    safe: str = "left safe: panel dark, exposure ended, mount parked, cover closed"


GO_ON = {
    "a late answer": GoesOn([{"type": "answers_late", "device": "camera", "by_s": 0.3, "times": 2}]),
    "one HTTP 500 when polled": GoesOn(
        [{"type": "http_error", "device": "camera", "member": "imageready", "times": 1}],
        r"camera .*: ImageReady did not work \(.*\); trying again in 1 s",
    ),
    "one HTTP 500 for an exposure": GoesOn(
        [{"type": "http_error", "device": "camera", "member": "startexposure", "times": 1}],
        r"StartExposure did not work",
    ),
    "one malformed answer": GoesOn(
        [{"type": "malformed_json", "device": "telescope", "times": 1, "after_s": IMAGING}], r"did not work"
    ),
    "an exposure whose answer is lost": GoesOn(
        [{"type": "malformed_json", "device": "camera", "member": "startexposure", "times": 1}],
        r"StartExposure did not work",
    ),
    "one truncated frame": GoesOn(
        [{"type": "truncated_image", "times": 1}], r"could not send the frame: .* again in 1 s"
    ),
    "a wheel that is lost for a while": GoesOn(
        [{"type": "device_disconnects", "device": "filterwheel", "after_s": TURNING, "for_s": 45}], r"is not connected"
    ),
    "a mount that stops tracking once": GoesOn(
        [{"type": "mount_lost", "how": "tracking_stops", "after_s": EXPOSING, "for_s": 20}],
        r"had stopped tracking: pointing at M 66 anew",
    ),
    "a camera that fails once": GoesOn(
        [{"type": "camera_fails", "after_s": EXPOSING, "for_s": 60}],
        r"the exposure failed in the camera: .*trying again",
    ),
    "a cooler that fails": GoesOn(
        [{"type": "cooler_fails", "after_s": IMAGING, "for_s": 1000}],
        r"the sensor has -?\d+\.\d degrees C instead of -10: .* look at the cooler",
    ),
    "guiding that is lost": GoesOn(
        [{"type": "guiding_lost", "drift_ra_arcsec_per_s": 0.5, "after_s": IMAGING, "for_s": 150}],
        r"guiding was lost: .* look at the guider",
    ),
    "rain for a quarter of an hour": GoesOn(
        [{"type": "unsafe", "after_s": 150, "for_s": 900}],
        r"safety monitor .*: it is not safe to observe: cover closed and mount parked until it is safe again",
    ),
    "a safety monitor that does not answer": GoesOn(
        [{"type": "http_error", "device": "safetymonitor", "after_s": 150, "for_s": 300}],
        r"safety monitor .*HTTP 500.*; that counts as unsafe: cover closed and mount parked",
    ),
    "rain all night": GoesOn([{"type": "unsafe", "after_s": 250}], r"cover closed and mount parked", lights=1, flats=3),
    "a disk that is full for two minutes": GoesOn(
        [{"type": "save_folder_full", "after_s": EXPOSING, "for_s": 200}],
        r"the frame cannot be saved \(.*No space left on device\): make room",
    ),
    "a panel that is dim from the start": GoesOn([{"type": "panel_dims", "to": 0.6, "after_s": FLATTING}], flagged=2),
}
STOPS = {
    "a server that fails": Stops(
        [{"type": "http_error", "device": "rotator", "times": 3}],
        r'rotator "Simulated rotator": could not connect: HTTP 500',
        safe="the others are left safe: panel dark, exposure ended, mount parked, cover closed, disconnected",
    ),
    "malformed answers": Stops(
        [{"type": "malformed_json", "device": "telescope", "after_s": IMAGING, "times": 3}],
        r'telescope "Simulated telescope": could not .*look at',
    ),
    "a camera that refuses": Stops(
        [
            {
                "type": "ascom_error",
                "device": "camera",
                "member": "startexposure",
                "message": "shutter stuck",
                "times": 1,
            }
        ],
        r'camera "Simulated camera": could not start an exposure: shutter stuck',
    ),
    "a camera that is lost": Stops(
        [{"type": "device_disconnects", "device": "camera", "after_s": EXPOSING, "for_s": 600}],
        r'camera "Simulated camera": could not be .*the connection is lost and does not come back: look at its cable',
        in_vain=1,
        safe="left safe: panel dark, mount parked, cover closed; NOT left safe: exposure",
    ),
    "truncated frames": Stops(
        [{"type": "truncated_image", "times": 3}],
        r"could not send the frame: it sends \d+ bytes, a frame like this has",
    ),
    "a camera that fails": Stops(
        [{"type": "camera_fails", "after_s": IMAGING, "for_s": 600}], r"the exposure failed in the camera: look at it"
    ),
    "a stuck wheel": Stops(
        [{"type": "wheel_stuck", "after_s": TURNING, "for_s": 250}],
        r'filter wheel "Simulated filter wheel": still turning to Ha after 120 s: look at the device',
        lights=2,
    ),
    "a stuck rotator": Stops(
        [{"type": "rotator_stuck", "for_s": 450}],
        r'rotator "Simulated rotator": still turning to 30\.00 degrees after 300 s',
    ),
    "a stuck focuser": Stops(
        [{"type": "focuser_stuck", "for_s": 700}],
        r'focuser "Simulated focuser": still moving to \d+ after 300 s',
        lights=2,
        safe="left safe: panel dark, exposure ended, focuser stopped, mount parked, cover closed",
    ),
    "slews that fail": Stops(
        [{"type": "mount_lost", "after_s": 60, "for_s": 900}],
        r'telescope "Simulated telescope": is \d+ arcsec off after 3 slews',
    ),
    "a mount that does not track": Stops(
        [{"type": "mount_lost", "how": "tracking_stops", "after_s": EXPOSING, "for_s": 95}],
        r'telescope "Simulated telescope": does not begin to track: look at the mount',
        lights=1,
    ),
    "a cover that jams": Stops(
        [{"type": "cover_jams", "for_s": 79}],
        r'flat panel "Simulated flat panel": its cover did not open, it reports error: look at the panel',
    ),
    "a full disk": Stops(
        [{"type": "save_folder_full", "after_s": EXPOSING, "for_s": 420}],
        r"lights/.*\.fits: the frame cannot be saved \(.*No space left on device\): make room",
    ),
    "a read-only folder": Stops(
        [{"type": "save_folder_read_only", "after_s": EXPOSING, "for_s": 420}],
        r"Read-only file system\): make room or correct",
    ),
    "a cover that jams before the flats": Stops(
        [{"type": "cover_jams", "after_s": FLATTING, "for_s": 1300}],
        r"2 of the flat sets failed: not tried: .*its cover did not close, it reports error",
        lights=LIGHTS,
        ends_well=False,
    ),
    "a panel that dies": Stops(
        [{"type": "panel_dies", "after_s": FLATTING}],
        r"2 of the flat sets failed: .*did not light up, its light reports Error: look at the panel",
        lights=LIGHTS,
        ends_well=False,
    ),
}


@pytest.mark.parametrize("case", GO_ON.values(), ids=GO_ON)
def test_the_night_goes_on(case: GoesOn, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What passes, or can be lived with, costs a message and not the night."""
    night = FaultyNight(tmp_path, capsys, case.faults)
    error, shown = night.run()
    assert error == ""
    assert re.search(case.says, shown + night.log())
    assert (len(night.frames("lights")), len(night.frames("flats"))) == (case.lights, case.flats)
    assert len(night.flagged()) == case.flagged
    night.check_books()
    night.check_safe()


@pytest.mark.parametrize("case", STOPS.values(), ids=STOPS)
def test_the_night_stops_safely_and_can_be_taken_up(
    case: Stops, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What cannot be lived with is told in one line and leaves the equipment safe; once it is over, all is well."""
    night = FaultyNight(tmp_path, capsys, case.faults)
    error, _ = night.run()
    assert "\n" not in error
    assert re.search(case.says, error)
    assert re.search(case.safe, error)
    assert (len(night.frames("lights")), len(night.frames("flats"))) == (case.lights, case.flats)
    night.check_books()
    night.check_safe()
    for _ in range(case.in_vain):
        error, _ = night.run()
        assert re.search(r"could not connect.*the others are left safe: panel dark, mount parked, cover closed", error)
    if case.ends_well:
        assert night.run()[0] == ""
        assert (len(night.frames("lights")), len(night.frames("flats"))) == (LIGHTS, FLATS)
        night.check_books()
        night.check_safe()


def test_every_fault_is_rehearsed() -> None:
    """There is a night for each fault there is."""
    cases = [*GO_ON.values(), *STOPS.values()]
    assert {fault["type"] for case in cases for fault in case.faults} == set(FAULTS)


def test_the_same_faults_are_the_same_night_however_often_it_is_killed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A night killed at each of its first saved lights has the frames of the undisturbed one, faults included."""
    faults: Faults = [
        {"type": "http_error", "device": "camera", "member": "imageready", "times": 2, "after_s": IMAGING},
        {"type": "save_folder_full", "after_s": TURNING, "for_s": 300},
        {"type": "guiding_lost", "drift_ra_arcsec_per_s": 0.5, "after_s": IMAGING, "for_s": 150},
    ]
    names = []
    for folder, kills in (("whole", 0), ("killed", 3)):
        (tmp_path / folder).mkdir()
        night = FaultyNight(tmp_path / folder, capsys, faults)
        for lights in range(1, kills + 1):
            night.run_until_killed(lights=lights)
        assert night.run()[0] == ""
        night.check_books()
        names.append([file.relative_to(night.out) for each in ("lights", "flats") for file in night.frames(each)])
        assert [entry["used"] for entry in night.state()["simulators"]["troubles"]] == [2, 0, 0]
    assert names[0] == names[1]
    assert len(names[0]) == LIGHTS + FLATS

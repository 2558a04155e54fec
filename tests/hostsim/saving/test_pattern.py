"""File names from patterns."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hostsim.saving.facts import FrameFacts, Readings, Subject
from hostsim.saving.pattern import PATTERNS, check_pattern, expand
from tsplug import InputError

EXPANSIONS = [
    ("$$TARGETNAME$$", "M 42"),
    ("$$DATE$$", "2026-01-16"),
    ("$$DATEMINUS12$$", "2026-01-15"),
    ("$$DATEUTC$$", "2026-01-15"),
    ("$$DATETIME$$", "2026-01-16_00-30-05"),
    ("$$TIME$$", "00-30-05"),
    ("$$TIMEUTC$$", "23-30-05"),
    ("$$APPLICATIONSTARTDATE$$", "2026-01-15"),
    ("$$FILTER$$", "Ha"),
    ("$$FRAMENR$$", "0007"),
    ("$$IMAGETYPE$$", "LIGHT"),
    ("$$BINNING$$", "2x2"),
    ("$$SENSORTEMP$$", "-9.96"),
    ("$$TEMPERATURESETPOINT$$", "-10.00"),
    ("$$EXPOSURETIME$$", "300.00"),
    ("$$GAIN$$_$$OFFSET$$", "100_50"),
    ("$$RMS$$_$$RMSARCSEC$$", "0.25_0.50"),
    ("$$FOCUSERPOSITION$$_$$FOCUSERTEMP$$", "25078_3.50"),
    ("$$ROTATORANGLE$$", "31.50"),
    ("$$CAMERA$$_$$TELESCOPE$$", "Cam_APO"),
    ("$$READOUTMODE$$", "Low Noise"),
    ("$$SEQUENCETITLE$$", "First night"),
    ("$$TSSESSIONID$$", "0003"),
    ("$$TSPROJECTNAME$$", "Winter"),
    ("$$MJD$$", "61055.97922"),
    ("HFR_$$HFR$$", "HFR_"),
    ("$$TARGETNAME$$/$$FILTER$$\\$$FRAMENR$$", "M 42/Ha/0007"),
    ("$$HFR$$/$$FRAMENR$$", "0007"),
]


@pytest.mark.parametrize(("pattern", "expected"), EXPANSIONS)
def test_a_pattern_expands(light: FrameFacts, pattern: str, expected: str) -> None:
    """Each pattern stands for what N.I.N.A. puts there, local times included."""
    assert str(expand(pattern, light)) == expected


@pytest.mark.parametrize("pattern", ["$$TARGETNAMES$$", "$$filter$$", "$$FILTER", ""])
def test_an_unknown_pattern_is_an_error(pattern: str) -> None:
    """A misspelt, lower-case or unpaired pattern is refused, never written into a name."""
    with pytest.raises(InputError):
        check_pattern(pattern)


def test_a_missing_device_leaves_nothing(light: FrameFacts) -> None:
    """What no device tells is empty, and a name that comes out empty is the guid."""
    bare = replace(light, readings=Readings(camera=light.readings.camera))
    assert str(expand("$$ROTATORANGLE$$", bare)) == "0f1e"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=st.text(min_size=1))
def test_no_target_name_escapes_its_folder(light: FrameFacts, name: str) -> None:
    """Whatever a target is called, the path stays below the folder and has the parts of its pattern."""
    named = replace(light, subject=Subject(name, "Winter", 3))
    path = expand("a/$$TARGETNAME$$_/$$FRAMENR$$", named)
    assert ".." not in path.parts
    assert not path.is_absolute()
    assert path.parts[0] == "a"
    assert path.parts[-1] == "0007"
    assert not set('<>:"\\|?*') & set(str(path))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=st.text(alphabet=st.sampled_from("a. \u00e9\u6708\U0001f319"), min_size=60, max_size=400))
def test_no_name_is_too_long_for_a_file_system(light: FrameFacts, name: str) -> None:
    """Names are cut where the disk counts, in bytes, at whole letters, and never end in a space or dot."""
    part = expand("$$TARGETNAME$$", replace(light, subject=Subject(name, "Winter", 3))).name
    assert 0 < len(part.encode()) <= 200
    assert part.strip(" .") == part
    assert part == light.guid or name.strip(" .").startswith(part)


def test_every_pattern_of_the_field_is_known() -> None:
    """All 37 names of N.I.N.A. and Target Scheduler that do not need weather are there."""
    assert len(PATTERNS) == 37

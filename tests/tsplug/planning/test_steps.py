"""The steps of one exposure."""

from __future__ import annotations

from typing import Any

from tsplug.model import Dither, Expose, RotateTo, SetReadoutMode, SlewCenter, SwitchFilter
from tsplug.planning.exposures import Selection
from tsplug.planning.steps import steps_for


def kinds(make: Any, *, rotator: bool = True, template: dict[str, Any] | None = None, **request: Any) -> list[type]:
    candidate = make.candidate(make.plan(template=template), project=make.project(dither_every=2), rotation_deg=30)
    situation = make.situation(make.utc(22), (candidate,), profile=make.profile(has_rotator=rotator), **request)
    selection = Selection(candidate.plans[0])
    steps = steps_for(candidate, selection, profile=situation.profile, request=situation.request)
    return [type(step) for step in steps]


def test_a_new_target_is_centered_and_rotated_first(make: Any) -> None:
    """Coming from another target: point, rotate, filter, expose; no dither even when one would be due."""
    expected = [SlewCenter, RotateTo, SwitchFilter, Expose]
    assert kinds(make, current_target_guid="other", exposures_since_dither=9) == expected


def test_without_a_rotator_nothing_is_rotated(make: Any) -> None:
    """A rig that cannot rotate is not asked to."""
    assert kinds(make, rotator=False) == [SlewCenter, SwitchFilter, Expose]


def test_staying_on_target_and_filter_only_exposes(make: Any) -> None:
    """What is already so is not done again."""
    assert kinds(make, current_target_guid="m31", current_filter="L") == [Expose]


def test_a_due_dither_comes_before_the_filter(make: Any) -> None:
    """The order on a known target is dither, filter, readout mode, exposure."""
    found = kinds(make, current_target_guid="m31", exposures_since_dither=2, template={"readout_mode": 1})
    assert found == [Dither, SwitchFilter, SetReadoutMode, Expose]


def test_the_exposure_carries_the_camera_settings(make: Any) -> None:
    """The plan's own exposure time wins; gain, offset and binning are the template's, the region the target's."""
    settings = {"gain": 100, "offset": None, "binning": 2, "default_exposure_s": 60}
    candidate = make.candidate(make.plan(template=settings, exposure_s=120), roi_percent=50)
    situation = make.situation(make.utc(22), (candidate,))
    selection = Selection(candidate.plans[0])
    step = steps_for(candidate, selection, profile=situation.profile, request=situation.request)[-1]
    assert step == Expose(exposure_s=120, gain=100, offset=None, binning=2, roi_percent=50)

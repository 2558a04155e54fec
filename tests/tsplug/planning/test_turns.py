"""Containers that image one after the other in one previewed night."""

from __future__ import annotations

from datetime import time, timedelta
from itertools import pairwise
from typing import Any

import pytest

from tsplug.errors import InputError
from tsplug.model import NEVER_FLIPS_MIN, Overheads, PlannerPreferences, Until
from tsplug.planning.preview import preview
from tsplug.planning.turns import NOT_BEGUN, Turn, preview_turns
from tsplug.planning.ways import Ways


def night(make: Any, *turns: Turn, desired: int = 100) -> Any:
    """Return a night from 19:00 on in which a target passes the meridian and is imaged in exposures of five minutes."""
    candidate = make.candidate(make.plan(desired=desired, exposure_s=300.0), project=make.project(minimum_time_min=0))
    situation = make.situation(make.utc(19), (candidate,), profile=make.rig(Overheads(new_target_s=60)))
    return preview_turns(situation, (candidate,), turns=turns), preview(situation, (candidate,))


def starts(found: Any) -> list[Any]:
    return [each.start for span in found.spans for each in span.exposures]


def test_a_night_of_one_container_is_the_whole_night(make: Any) -> None:
    """Nothing is told of it but what is told of any night."""
    found, whole = night(make, Turn())
    assert found == whole
    assert len(starts(found)) > 60


def test_a_container_goes_on_where_the_one_before_it_ended(make: Any) -> None:
    """No exposure outlasts `until`; what follows waits, points anew, and takes no more than is wanted still."""
    first = Turn(until=Until(time=make.utc(20)))
    found, _ = night(make, first, Turn(before=(Until(time=make.utc(19, 30)), Until(time=make.utc(20, 30)))), desired=20)
    begun = starts(found)
    assert (len(begun), begun[0], begun[10]) == (20, make.utc(19, 1), make.utc(19, 51))
    assert begun[11] == make.utc(20, 31)
    assert [span.kind for span in found.spans] == ["target", "target"]
    assert found.ends_because == "no enabled target wants more exposures"
    alone, _ = night(make, first)
    assert alone.ends_because.startswith("no target can be imaged any more in this night (the sequence's `until` is ")


@pytest.mark.parametrize(("before", "missing"), [((), 1), ((Until(time="2026-11-20T12:00:00Z"),), 2)])
def test_what_does_not_begin_in_the_night_is_told(before: tuple[Until, ...], missing: int, make: Any) -> None:
    """A container whose wait leads beyond the night's noon is none of this night's."""
    late = Turn(before=(Until(time=make.utc(12) + timedelta(days=2)),))
    found, _ = night(make, Turn(before=before), late)
    assert bool(found.spans) == (missing == 1)
    assert (found.ends_because == NOT_BEGUN) == (missing == 2)
    assert found.notes == (f"containers of the sequence that image and do not begin in this night: {missing}",)


def test_in_the_middle_of_a_night_the_rest_of_it_is_previewed(make: Any) -> None:
    """Times of the evening have passed, and are not those of tomorrow; what has ended by then is left out."""
    turns = [
        Turn(before=(Until(time=time(14)),), until=Until(time=time(18, 30))),
        Turn(before=(Until(time=time(19)),), until=Until(time=time(21))),
        Turn(before=(Until(twilight="nautical"),)),
    ]
    found, _ = night(make, *turns)
    begun = starts(found)
    # 19:00 UTC is 20:00 at the site.
    assert (begun[0], begun[11]) == (make.utc(19, 1), make.utc(19, 57))
    assert found.notes == ("a container whose `until` (time 18:30:00) has come is left out",)


def test_what_never_comes_to_pass_is_an_error(make: Any) -> None:
    """The night would end at that instruction."""
    below = Until.model_validate({"altitude": {"ra_hours": 3, "dec_deg": 89, "below_deg": 0}})
    with pytest.raises(InputError, match="does not come to pass"):
        night(make, Turn(before=(below,)))


@pytest.mark.parametrize(
    ("ways", "every_min", "focuses"),
    [
        (Ways(focuses_first=True), 0, [0]),
        (Ways(focuses_first=True), 60, [0, 12, 24]),
        (Ways(focus_every_exposures=10), 0, [10, 20]),
        (Ways(focuses_first=True, focus_every_exposures=10), 30, [0, 6, 12, 18, 24]),
    ],
)
def test_a_container_focuses_as_it_likes(ways: Ways, every_min: float, focuses: list[int], make: Any) -> None:
    """Before the first light, by time, and by count; the next container goes on from there."""
    planner = PlannerPreferences(
        overheads=Overheads(autofocus_s=90, autofocus_every_min=every_min), exposure_throttle_percent=100
    )
    until = Until(time=make.utc(20))
    found, _ = night(make, Turn(planner, ways, (), until), Turn(planner, ways), desired=30)
    lights = [each for span in found.spans for each in span.exposures]
    assert [place for place, each in enumerate(lights) if each.focus] == focuses


@pytest.mark.parametrize(("after_min", "flips", "focus_s"), [(0.0, 1, 0), (0.0, 1, 40), (NEVER_FLIPS_MIN, 0, 0)])
def test_a_mount_flips_unless_it_never_does(after_min: float, flips: int, focus_s: float, make: Any) -> None:
    """Where a sequence switches flips off none is shown, and none takes time; a focus after it does."""
    planner = PlannerPreferences(overheads=Overheads(flip_s=100, autofocus_s=focus_s)).model_copy(
        update={"flip_after_min": after_min}
    )
    found, _ = night(make, Turn(planner, Ways(focuses_after_flip=True)))
    lights = [each for span in found.spans for each in span.exposures]
    assert sum(each.flip for each in lights) == flips
    gaps = {(after.start - each.start).total_seconds() for each, after in pairwise(lights)}
    assert gaps == {300.0, *([400.0 + focus_s] * flips)}

"""What keeps a night from being full: the cause of each wait, and why targets get nothing, or nothing more."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from tsplug.model import Twilight
from tsplug.planning import AttachedMask, Candidate, NightOutlook, Situation
from tsplug.planning.idle import unfinished_targets
from tsplug.planning.preview import preview


def attached(situation: Situation, *guids: str, hours: slice) -> Situation:
    """Return a situation in which two constraints permit targets but in some hours after noon."""
    tables = situation.outlook.tables
    allowed = np.ones(tables.samples, dtype=np.bool_)
    allowed[hours.start * 60 : hours.stop * 60] = False
    masks = [AttachedMask("AirmassConstraint", allowed), AttachedMask("Shadow", allowed)]
    return replace(situation, outlook=NightOutlook(tables, dict.fromkeys(guids, masks)))


def dark(make: Any, name: str = "L", **fields: Any) -> Any:
    return make.plan(name, {"twilight": Twilight.NIGHTTIME, **fields.pop("template", {})}, **fields)


def test_a_wait_tells_what_causes_it(make: Any) -> None:
    """Dusk is a cause by its rule, attached constraints by their names, and several rules of plans all together."""
    candidate = make.candidate(dark(make, desired=99, exposure_s=300.0))
    situation = attached(make.situation(make.utc(12), (candidate,)), "m31", hours=slice(9, 11))
    waits = [span for span in preview(situation, (candidate,)).spans if span.kind == "wait"]
    assert [span.cause for span in waits] == ["twilight", "AirmassConstraint, Shadow"]
    avoiding = make.plan("Ha", {"moon_avoidance": True, "moon_separation_deg": 120.0, "twilight": Twilight.CIVIL})
    mixed = make.candidate(avoiding, dark(make))
    [first, *_] = preview(make.situation(make.utc(16, 30, day=24), (mixed,)), (mixed,)).spans
    assert first.cause == "moon avoidance, twilight"


def unfinished(make: Any, situation: Situation, candidates: tuple[Candidate, ...]) -> list[tuple[str, str, str]]:
    night = preview(situation, candidates)
    return [(each.target, each.rule, each.cause) for each in unfinished_targets(situation, candidates, night=night)]


def test_what_was_begun_tells_why_it_does_not_go_on(make: Any) -> None:
    """A target that wants more when the night ends says what forbids it then; one that is complete says nothing."""
    long = make.candidate(dark(make, desired=500, exposure_s=300.0))
    done = make.candidate(dark(make, desired=2), guid="m1", name="M 1", ra_hours=5.5755, dec_deg=22.0145)
    situation = attached(make.situation(make.utc(12), (long, done)), "m31", hours=slice(9, 24))
    assert unfinished(make, situation, (long, done)) == [("M 31", "constraint", "AirmassConstraint, Shadow")]


def test_what_a_sequence_ends_is_told_so(make: Any) -> None:
    """A target that could go on when the host's time is up is kept by nothing but that."""
    candidate = make.candidate(dark(make, desired=500, exposure_s=300.0))
    situation = make.situation(make.utc(12), (candidate,), until=make.utc(20))
    assert unfinished(make, situation, (candidate,)) == [("M 31", "end of the sequence", "end of the sequence")]

"""Images without a plan begin to count for one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tsplug.errors import NotFoundError
from tsplug.model import (
    AcquiredImage,
    ExposurePlan,
    GradingStatus,
    Profile,
    StatusChange,
    Target,
    Verdict,
    VerdictStatus,
)
from tsplug.ports import FrameStatus, Store
from tsplug.services.doctor import examine
from tsplug.services.image_linking import Link, LinkOutcome, LinkRefusalCode, link_fitting, link_images
from tsplug.testing import ManualClock, PresentFiles, stocked_store
from tsplug.testing.clock import START

pytestmark = pytest.mark.both_databases

PENDING, ACCEPTED, REJECTED = GradingStatus.PENDING, GradingStatus.ACCEPTED, GradingStatus.REJECTED
PLAN = "M 42/L"


class AllPresent(PresentFiles):
    """Files that are all on disk."""

    def status(self, file: Path) -> FrameStatus:
        return FrameStatus(exists=True)


class Stray:
    """A store with images that count for no plan."""

    def __init__(self) -> None:
        self.clock = ManualClock()
        self.store: Store = stocked_store(self.clock)
        with self.store.read() as unit:
            self.rig = unit.list(Profile)[0]

    def image(self, **fields: Any) -> AcquiredImage:
        """Record an image that fits the plan of luminance but for the given fields."""
        with self.store.write() as unit:
            number = unit.count(AcquiredImage)
            usual = {
                **{"profile_id": self.rig.id, "profile_name": self.rig.name, "project_name": "", "target_name": "M 42"},
                **{"filter_name": "L", "exposure_s": 120.0, "gain": 100, "offset": 30, "file": f"{number}.fits"},
                **{"started": START, "acquired": START, "status": ACCEPTED},
            }
            stored = unit.add_image(AcquiredImage(**usual | fields))
            made = StatusChange(image_id=stored.id or 0, from_status=None, to_status=stored.status, by="t", at=START)
            unit.add(made)
        return stored

    def link(self, *images: AcquiredImage, **wanted: Any) -> LinkOutcome:
        names = [str(image.id) for image in images]
        return link_images(names, Link(**{"plan": PLAN} | wanted), store=self.store, clock=self.clock)

    def stored(self, image: AcquiredImage) -> AcquiredImage:
        with self.store.read() as unit:
            return unit.get(AcquiredImage, image.id or 0)

    def counters(self, outcome: LinkOutcome) -> tuple[int, int]:
        with self.store.read() as unit:
            plan = unit.get(ExposurePlan, outcome.plan_id)
        return plan.acquired, plan.accepted

    def problems(self) -> list[str]:
        report = examine(self.store, AllPresent(), clock=self.clock)
        return [each.invariant for each in report.problems]


@pytest.fixture
def stray() -> Stray:
    return Stray()


def test_a_linked_image_counts_waits_for_its_grade_and_is_audited(stray: Stray) -> None:
    """It has what a light just recorded has: place, names, status, counters, and a line that says by whom and why."""
    image = stray.image(target_name="orion")
    outcome = stray.link(image)
    stored = stray.stored(image)
    assert (stored.plan_id, stored.template_name) == (outcome.plan_id, "L")
    assert (stored.project_name, stored.target_name) == ("Nebulae", "M 42")
    assert (stored.status, stored.manual) == (PENDING, False)
    assert (stray.counters(outcome), (outcome.acquired, outcome.accepted)) == ((1, 0), (1, 0))
    with stray.store.read() as unit:
        line = unit.list(StatusChange, image_id=image.id)[-1]
    assert (line.from_status, line.to_status, line.by, line.why) == (
        ACCEPTED,
        PENDING,
        "user",
        "linked to plan M 42/L",
    )
    assert stray.problems() == []


def test_again_changes_nothing(stray: Stray) -> None:
    """What counts for the plan already does so once."""
    image = stray.image()
    stray.link(image)
    again = stray.link(image, dry_run=False)
    assert (again.linked, again.unchanged, stray.counters(again)) == ((), 1, (1, 0))


def test_a_dry_run_tells_the_counters_and_changes_nothing(stray: Stray) -> None:
    """Numbers first, then the deed."""
    image = stray.image()
    told = stray.link(image, dry_run=True)
    assert ([each.to_status for each in told.linked], told.acquired, told.accepted) == ([PENDING], 1, 0)
    assert (stray.stored(image), stray.counters(told)) == (image, (0, 0))


def test_what_was_decided_stays(stray: Stray) -> None:
    """A grader's accept, a reject and a status by hand stand; the trail still tells when the image began to count."""
    judged, rejected, by_hand = stray.image(), stray.image(status=REJECTED), stray.image(manual=True)
    with stray.store.write() as unit:
        said = {"grader": "g", "version": "1", "status": VerdictStatus.ACCEPT, "judged_at": START}
        unit.add(Verdict(image_id=judged.id or 0, **said))
    outcome = stray.link(judged, rejected, by_hand)
    assert [each.to_status for each in outcome.linked] == [ACCEPTED, REJECTED, ACCEPTED]
    assert (stray.counters(outcome), stray.stored(by_hand).manual) == ((3, 2), True)
    assert stray.problems() == []


def test_without_grading_it_is_accepted(stray: Stray) -> None:
    """Nothing else counts there."""
    image = stray.image(target_name="M 81", status=PENDING)
    outcome = stray.link(image, plan="M 81/L")
    assert (stray.stored(image).status, stray.counters(outcome)) == (ACCEPTED, (1, 1))
    assert stray.problems() == []


@pytest.mark.parametrize(
    ("fields", "code", "reason"),
    [
        ({"filter_name": "Ha"}, LinkRefusalCode.OTHER_FILTER, "through 'Ha', the plan is for 'L'"),
        ({"profile_id": None, "profile_name": "Cam"}, LinkRefusalCode.NO_PROFILE, "say by --profile which rig"),
        ({"target": "M 81"}, LinkRefusalCode.OTHER_TARGET, "shows target 'M 81', the plan is for 'M 42'"),
        ({"plan": True}, LinkRefusalCode.HAS_PLAN, "it counts for plan"),
        ({"rig": "Second"}, LinkRefusalCode.OTHER_PROFILE, "nor contributes to it: tsplug project edit 'Nebulae'"),
    ],
)
def test_what_does_not_fit_is_refused(
    stray: Stray, fields: dict[str, Any], *, code: LinkRefusalCode, reason: str
) -> None:
    """A code for programs, a reason for people, and the image as it was; the others are linked."""
    with stray.store.write() as unit:
        if "target" in fields:
            target = unit.find(Target, name=fields["target"])
            fields = {"target_id": target.id if target else None}
        if "plan" in fields:
            fields = {"plan_id": unit.list(ExposurePlan)[0].id}
        if "rig" in fields:
            second = unit.add(stray.rig.model_copy(update={"id": None, "guid": "second", "name": fields["rig"]}))
            fields = {"profile_id": second.id}
    image, good = stray.image(**fields), stray.image()
    outcome = stray.link(image, good)
    assert [(each.image_id, each.code) for each in outcome.refused] == [(image.id, code)]
    assert reason in outcome.refused[0].reason
    assert [each.image_id for each in outcome.linked] == [good.id]
    assert stray.stored(image) == image


def test_a_named_rig_took_what_no_known_rig_took(stray: Stray) -> None:
    """A frame of another program whose header names no rig of ours gets one by the user's word."""
    image = stray.image(profile_id=None, profile_name="Cam")
    stray.link(image, profile="Refractor")
    assert (stray.stored(image).profile_name, stray.stored(image).profile_id) == ("Refractor", stray.rig.id)


def test_an_image_whose_plan_is_gone_is_linked_anew(stray: Stray) -> None:
    """A plan deleted by mistake takes its lights back once it is there again."""
    image = stray.image(plan_id=99)
    assert [each.image_id for each in stray.link(image).linked] == [image.id]


def test_all_that_fit_are_found(stray: Stray) -> None:
    """By target, filter, exposure, gain, offset and binning; what is a little different waits for its user's word."""
    good, gone = stray.image(), stray.image(plan_id=99)
    others = ({"exposure_s": 60.0}, {"gain": 0}, {"offset": 1}, {"binning": 2}, {"target_name": "M 43"})
    for fields in (*others, {"filter_name": "R"}):
        stray.image(**fields)
    outcome = link_fitting(Link(plan=PLAN), store=stray.store, clock=stray.clock)
    assert ([each.image_id for each in outcome.linked], outcome.refused) == ([good.id, gone.id], ())
    assert stray.counters(outcome) == (2, 0)


def test_capitals_and_spaces_make_no_other_name(stray: Stray) -> None:
    """Programs and people spell a target or a filter a little differently; it fits all the same, and is not refused."""
    good = stray.image()
    spelled = {"target_name": f" {good.target_name.replace(' ', '').lower()}", "filter_name": good.filter_name.lower()}
    fitting, named = stray.image(**spelled), stray.image(**spelled, exposure_s=60.0)
    outcome = link_fitting(Link(plan=PLAN), store=stray.store, clock=stray.clock)
    assert [each.image_id for each in outcome.linked] == [good.id, fitting.id]
    assert not stray.link(named).refused


def test_an_unknown_name_links_nothing(stray: Stray) -> None:
    """All or none: a typing mistake among ids changes nothing."""
    image = stray.image()
    with pytest.raises(NotFoundError, match="no image '77'"):
        link_images([str(image.id), "77"], Link(plan=PLAN), store=stray.store, clock=stray.clock)
    assert stray.stored(image) == image

"""The list of built-in graders: each on its own, whoever fails."""

from __future__ import annotations

from pathlib import Path

import pytest

from tsplug.errors import StoreUnavailableError
from tsplug.model import AcquiredImage, ExposurePlan, GradePlan, GraderVerdict, GradingStatus, Profile, VerdictStatus
from tsplug.ports import Unit
from tsplug.services.graders import GRADERS, Judge, prepared_graders, verdicts_of
from tsplug.services.plan_images import PlanImages, load_plan_images
from tsplug.testing.catalogue import stocked_store
from tsplug.testing.clock import START, ManualClock
from tsplug.testing.context import FakeContext
from tsplug.testing.devices import recording_devices


class Says:
    """A grader that says one thing of every frame, or raises."""

    def __init__(
        self, name: str, *, at_start: Exception | None = None, at_work: Exception | None = None, on: bool = True
    ) -> None:
        self.name = name
        self._at_start, self._at_work, self._on = at_start, at_work, on

    def enabled(self, profile: Profile) -> bool:
        return self._on

    def prepare(self, plan: PlanImages, unit: Unit) -> Judge:
        if self._at_start is not None:
            raise self._at_start
        return self._judge

    def _judge(self, image: AcquiredImage) -> GraderVerdict:
        if self._at_work is not None:
            raise self._at_work
        return GraderVerdict(image_guid=image.guid, grader=self.name, version="1", status=VerdictStatus.ACCEPT)


@pytest.fixture
def context() -> FakeContext:
    clock = ManualClock()
    return FakeContext(stocked_store(clock), clock, recording_devices(clock, Path("unused")))


def asked(context: FakeContext, *graders: Says) -> list[GraderVerdict]:
    """Return what graders say of one pending frame."""
    with context.store.write() as unit:
        plan = unit.list(ExposurePlan)[0]
        frame = AcquiredImage(
            profile_name="rig",
            project_name="p",
            target_name="t",
            plan_id=plan.id,
            filter_name="L",
            file="1.fits",
            started=START,
            acquired=START,
            exposure_s=60,
            status=GradingStatus.PENDING,
        )
        unit.add_image(frame)
        loaded = load_plan_images(GradePlan(plan_guid=plan.guid, force=True), unit)
        ready = prepared_graders(loaded, unit, graders=graders)
        return verdicts_of(loaded.pending[0], loaded, graders=ready)


def test_graders_have_names_of_their_own() -> None:
    """Verdicts are stored by grader, so no two share a name."""
    names = [grader.name for grader in GRADERS]
    assert names[0] == "statistical"
    assert len(set(names)) == len(names)


def test_all_that_are_switched_on_are_asked_in_their_order(context: FakeContext) -> None:
    """A grader that the rig does not want says nothing."""
    said = asked(context, Says("b"), Says("off", on=False), Says("a"))
    assert [verdict.grader for verdict in said] == ["b", "a"]


@pytest.mark.parametrize("broken", [{"at_start": KeyError("set")}, {"at_work": KeyError("set")}])
def test_a_grader_that_fails_abstains_alone(context: FakeContext, broken: dict[str, Exception]) -> None:
    """The error is told by the one that made it; the others say what they would have said."""
    bad, good = asked(context, Says("bad", **broken), Says("good"))  # type: ignore[arg-type]
    assert (bad.grader, bad.status) == ("bad", VerdictStatus.ABSTAIN)
    assert "KeyError: 'set'" in bad.reason
    assert bad.inputs["error"] == bad.reason
    assert good.status is VerdictStatus.ACCEPT


def test_with_no_grader_switched_on_the_frame_is_ungraded(context: FakeContext) -> None:
    """Nobody's verdict is an abstention, so that the policy for ungraded frames decides."""
    [verdict] = asked(context, Says("off", on=False))
    assert (verdict.status, verdict.reason) == (VerdictStatus.ABSTAIN, "no grader is switched on")
    assert not verdict.inputs


def test_a_store_that_fails_is_no_verdict(context: FakeContext) -> None:
    """Where nothing can be read, nothing may be concluded."""
    with pytest.raises(StoreUnavailableError):
        asked(context, Says("any", at_start=StoreUnavailableError("the disk is gone")))

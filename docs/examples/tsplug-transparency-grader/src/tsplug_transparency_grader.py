"""A grader of one's own: frames that lost most of their stars were taken through cloud.

It stands beside tsplug's graders rather than in their place: a hook *wrapper* lets the usual grader answer first and
adds its own verdicts. tsplug combines them: a frame is rejected as soon as one grader rejects it.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence

from tsplug import (
    AcquiredImage,
    ExposurePlan,
    GradePlan,
    GraderVerdict,
    GradingStatus,
    PlanGrades,
    VerdictStatus,
    hookimpl,
)
from tsplug.ports import Context, ImageQuery

NAME = "transparency"
VERSION = "1"
LEAST_SHARE = 0.5
"""A frame with fewer than this share of the stars of the plan's best frame was taken through cloud."""


def judge(image: AcquiredImage, best: float) -> GraderVerdict:
    """Return the verdict on one image, given the star count of the plan's best frame.

    An image without a star count, or without a best frame to compare with, is not judged: the verdict abstains.
    """
    stars = image.metrics.get("star_count")
    if stars is None or best <= 0:
        return GraderVerdict(
            image_guid=image.guid,
            grader=NAME,
            version=VERSION,
            status=VerdictStatus.ABSTAIN,
            reason="star count not measured",
        )
    share = stars / best
    rejected = share < LEAST_SHARE
    return GraderVerdict(
        image_guid=image.guid,
        grader=NAME,
        version=VERSION,
        status=VerdictStatus.REJECT if rejected else VerdictStatus.ACCEPT,
        reason=f"Cloud: {share:.0%} of the stars" if rejected else "",
        inputs={"star_count": stars, "best_star_count": best, "share": share, "least_share": LEAST_SHARE},
    )


def judge_all(images: Sequence[AcquiredImage]) -> tuple[GraderVerdict, ...]:
    """Return a verdict for every pending image among the images of one plan."""
    best = max((image.metrics.get("star_count", 0.0) for image in images), default=0.0)
    return tuple(judge(image, best) for image in images if image.status is GradingStatus.PENDING)


class TransparencyGrader:
    """The plugin: adds a verdict on transparency to those of whichever grader answers."""

    @hookimpl(wrapper=True)
    def grade_plan(self, event: GradePlan, context: Context) -> Generator[None, PlanGrades | None, PlanGrades | None]:
        """Let the usual grader answer, then add a verdict for each pending image of the plan."""
        grades = yield
        if grades is None or grades.waiting:
            return grades
        with context.store.read() as unit:
            plan = unit.find(ExposurePlan, guid=event.plan_guid)
            images = unit.images(ImageQuery(plan_id=plan.id)) if plan is not None else []
        return grades.model_copy(update={"verdicts": grades.verdicts + judge_all(images)})


grader = TransparencyGrader()

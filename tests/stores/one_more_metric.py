"""Run with a copy of tsplug to which one metric was added: tells as JSON where that metric is to be seen."""

from __future__ import annotations

import csv
import json
import sys
from datetime import timedelta
from pathlib import Path

from tsplug.grading.criteria import Criteria
from tsplug.grading.criteria_card import score_values
from tsplug.grading.criteria_checks import problems_of
from tsplug.model import CriteriaRow, CriteriaSet, ExposurePlan, ExposureSaved, GradePlan, Profile, Trend
from tsplug.ports import ImageQuery
from tsplug.services.catalogue_drafts import Request
from tsplug.services.catalogue_edit import edit_record
from tsplug.services.explaining import explain_image
from tsplug.services.grading import apply_grades, judge_plan
from tsplug.services.image_choice import ImageChoice, image_query
from tsplug.services.image_csv import write_csv
from tsplug.services.image_list import list_images
from tsplug.services.recording import record_exposure
from tsplug.testing import FakeContext, ManualClock, recording_devices, stocked_store


def main(key: str, folder: Path) -> dict[str, object]:
    """Record two lights with the metric, and look at them in every way."""
    clock = ManualClock()
    context = FakeContext(stocked_store(clock), clock, recording_devices(clock, folder))
    with context.store.read() as unit:
        profile, plan = unit.list(Profile)[0], unit.list(ExposurePlan)[0]
    for number, value in enumerate((75, 74, 73, 76, 25)):
        event = ExposureSaved(
            guid=str(number),
            profile_guid=profile.guid,
            plan_guid=plan.guid,
            file=folder / f"{number}.fits",
            filter_name="L",
            started=clock.now(),
            ended=clock.now() + timedelta(seconds=60),
            exposure_s=60,
            metrics={key: value},
        )
        record_exposure(event, context)
    wanted = Request("profile", profile.name, (f"grader.metrics.{key}.grade=yes", f"grader.metrics.{key}.sigma=5"))
    edit_record(wanted, context.store, clock=clock)
    grades = apply_grades(judge_plan(GradePlan(plan_guid=plan.guid, force=True), context), context)
    with context.store.read() as unit:
        query = image_query(unit, ImageChoice(sort=key), now=clock.now())
    write_csv(folder / "images.csv", ImageQuery(), store=context.store, extended=True)
    with (folder / "images.csv").open(encoding="utf-8", newline="") as stream:
        in_csv = [row[key] for row in csv.DictReader(stream)]
    row = CriteriaRow(set_id=1, metric=key, trend=Trend.HIGHER_IS_BETTER, good=100.0, bad=0.0, weight=1.0)
    criteria = Criteria(CriteriaSet(name="own"), (row,))
    sys.path.insert(0, str(Path(__file__).parents[2] / "docs"))
    import generate

    return {
        "listed": [image["metrics"] for image in list_images(context.store, query)],
        "csv": in_csv,
        "problems": [str(each) for each in problems_of(criteria)],
        "scored": score_values(criteria, {key: 75}, baselines={}).score,
        "graded": [str(each.status) for each in grades.grades],
        "explained": _explained(key, context),
        "page": f"| `{key}` | Sharpness | % | higher | 90 | 10 | as differences, on request |"
        in generate.BLOCKS["metrics"](),
    }


def _explained(key: str, context: FakeContext) -> list[object]:
    """Return what the last frame's explanation says of the metric: outcome, bound, and what would have passed."""
    [verdict] = explain_image(context.store, "4")["verdicts"]
    [check] = [each for each in verdict["inputs"]["checks"] if each["metric"] == key]
    return [check["check"], check["outcome"], check["lower"], check["would_pass"]]


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1], Path(sys.argv[2]))))  # noqa: T201

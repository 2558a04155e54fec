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
from tsplug.model import CriteriaRow, CriteriaSet, ExposurePlan, ExposureSaved, Profile, Trend
from tsplug.ports import ImageQuery
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
    for number, value in enumerate((7.5, 3.5)):
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
    with context.store.read() as unit:
        query = image_query(unit, ImageChoice(sort=key), now=clock.now())
    write_csv(folder / "images.csv", ImageQuery(), store=context.store, extended=True)
    with (folder / "images.csv").open(encoding="utf-8", newline="") as stream:
        in_csv = [row[key] for row in csv.DictReader(stream)]
    row = CriteriaRow(set_id=1, metric=key, trend=Trend.HIGHER_IS_BETTER, good=10.0, bad=0.0, weight=1.0)
    criteria = Criteria(CriteriaSet(name="own"), (row,))
    sys.path.insert(0, str(Path(__file__).parents[2] / "docs"))
    import generate

    return {
        "listed": [image["metrics"] for image in list_images(context.store, query)],
        "csv": in_csv,
        "problems": [str(each) for each in problems_of(criteria)],
        "scored": score_values(criteria, {key: 7.5}, baselines={}).score,
        "page": f"| `{key}` | Sharpness | % | higher | 90 | 10 |" in generate.BLOCKS["metrics"](),
    }


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1], Path(sys.argv[2]))))  # noqa: T201

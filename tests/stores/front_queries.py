"""What the fronts ask a store for, by name: each as a call that finds as much in a large store as in a small one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from large_store import last_start

from tsplug.model import AcquiredImage, ExposurePlan, ExposureSaved, FlatSetFile, GradePlan, GradingStatus, Profile
from tsplug.ports import Context, ImageQuery, Store
from tsplug.services.explaining import explain_image
from tsplug.services.flats_due import flats_due
from tsplug.services.grading import judge_plan
from tsplug.services.image_list import image_details, image_history, list_images
from tsplug.services.manual_grading import ManualGrade, grade_manually
from tsplug.services.manual_undo import undo_manual
from tsplug.services.measuring import unmeasured_images
from tsplug.services.purging import Scope, preview_purge
from tsplug.services.recording import record_exposure
from tsplug.services.reporting.night_data import latest_night, load_night
from tsplug.services.reporting.target_data import load_target
from tsplug.testing import FakeContext, ManualClock, first_catalogue, recording_devices

Query = Callable[["LargeStore"], object]

LIMIT = 50
OTHER_RIG = 2
"""The id of a profile that took a fiftieth of the images."""

OLD = 2
"""The id of a target, and of its project, that was imaged long ago."""


class LargeStore:
    """A store of so many images, with what calls of services need."""

    def __init__(self, store: Store, count: int) -> None:
        """Take a store that holds the first catalogue and what `large_store.fill` adds."""
        self.store = store
        self.count = count
        self.clock = ManualClock(last_start(count) + timedelta(hours=1))
        self.context: Context = FakeContext(store, self.clock, recording_devices(self.clock, Path("unused")))
        with store.read() as unit:
            self.profile = unit.get(Profile, 1)
            self.plan = unit.get(ExposurePlan, 1)
        self._recorded = 0

    def images(self, **fields: Any) -> object:
        """List images, the newest unless the query says otherwise."""
        return list_images(self.store, ImageQuery(**{"limit": LIMIT} | fields))

    def places(self) -> object:
        """Find the records of a few files by where they lie."""
        with self.store.read() as unit:
            files = [f"lights/{number}.fits" for number in range(500, 510)]
            return [*unit.list(AcquiredImage, file=files), *unit.list(FlatSetFile, file=["flats/none.fits"])]

    def exposure_sums(self) -> object:
        """Sum up the exposures of two days by their kind."""
        query = ImageQuery(profile_id=1, started_from=self.clock.now() - timedelta(days=2))
        with self.store.read() as unit:
            return unit.exposure_tallies(query)

    def record(self) -> object:
        """Record one more exposure."""
        self._recorded += 1
        event = ExposureSaved(
            guid=f"new {self._recorded}",
            profile_guid=self.profile.guid,
            plan_guid=self.plan.guid,
            file=Path("new.fits"),
            filter_name="L",
            started=self.clock.now(),
            ended=self.clock.now() + timedelta(seconds=60),
            exposure_s=60,
        )
        return record_exposure(event, self.context)

    def grade_and_undo(self) -> object:
        """Set two statuses by hand and take that back."""
        with self.store.read() as unit:
            ids = [image.id or 0 for image in unit.images(ImageQuery(plan_id=1, limit=2))]
        for status in (REJECTED, ACCEPTED):
            grade_manually(ids, ManualGrade(to_status=status), store=self.store, clock=self.clock)
        return undo_manual(self.store, clock=self.clock) and undo_manual(self.store, clock=self.clock)


def catalogue() -> dict[str, Any]:
    """Return the first catalogue with a window for flats that holds as many lights in a small store as in a large."""
    document = first_catalogue()
    document["profile"]["flats"] = {"window_days": 5}
    return document


PENDING, ACCEPTED, REJECTED = GradingStatus.PENDING, GradingStatus.ACCEPTED, GradingStatus.REJECTED

QUERIES: dict[str, Query] = {
    "images list": lambda at: at.images(),
    "images list --target": lambda at: at.images(target_id=OLD),
    "images list --project": lambda at: at.images(project_id=OLD),
    "images list --profile": lambda at: at.images(profile_id=1),
    "images list --profile, another": lambda at: at.images(profile_id=OTHER_RIG, limit=10),
    "images list --filter": lambda at: at.images(filter_name="L"),
    "images list --status pending": lambda at: at.images(status=PENDING),
    "images list --status rejected": lambda at: at.images(status=REJECTED),
    "images list --filter --status": lambda at: at.images(filter_name="L", status=PENDING),
    "images list --profile --status": lambda at: at.images(profile_id=OTHER_RIG, status=PENDING),
    "images list --profile --filter": lambda at: at.images(profile_id=OTHER_RIG, filter_name="Ha", limit=2),
    "images list --target --status": lambda at: at.images(target_id=OLD, status=REJECTED),
    "images list --target --filter": lambda at: at.images(target_id=OLD, filter_name="B"),
    "images list --target --filter --status": lambda at: at.images(target_id=OLD, filter_name="B", status=ACCEPTED),
    "images list --project --filter": lambda at: at.images(project_id=OLD, filter_name="B"),
    "images list --project --status": lambda at: at.images(project_id=OLD, status=REJECTED),
    "images list --from --to": lambda at: at.images(
        started_from=at.clock.now() - timedelta(days=2), started_before=at.clock.now(), limit=None
    ),
    "images list --after, a later page": lambda at: at.images(after=(at.clock.now() - timedelta(days=1), 0)),
    "images list --target --after": lambda at: at.images(target_id=1, after=(at.clock.now() - timedelta(days=1), 0)),
    "images list --since": lambda at: at.images(changed_since=at.clock.now() - timedelta(hours=5), limit=None),
    "images list --since --status": lambda at: at.images(
        changed_since=at.clock.now() - timedelta(hours=5), status=ACCEPTED, limit=None
    ),
    "images list --from --sort hfr": lambda at: at.images(
        started_from=at.clock.now() - timedelta(days=2), sort="hfr", limit=None
    ),
    "images list --target --sort gain": lambda at: at.images(target_id=OLD, sort="gain", limit=None),
    "images list --target --from": lambda at: at.images(target_id=1, started_from=at.clock.now() - timedelta(days=2)),
    "images of a plan, oldest first": lambda at: at.images(plan_id=1, newest_first=False, limit=None),
    "images show": lambda at: image_details(at.store, "image-500"),
    "images history": lambda at: image_history(at.store, "image-500"),
    "images grade, and undo": lambda at: at.grade_and_undo(),
    "explain, with verdicts and audit trail": lambda at: explain_image(at.store, "image-500"),
    "images purge, before a yes": lambda at: preview_purge(
        Scope(target=str(OLD), older_than=at.clock.now()), at.store, clock=at.clock
    ),
    "grade run": lambda at: judge_plan(GradePlan(plan_guid=at.plan.guid, force=True), at.context),
    "files, by their places": lambda at: at.places(),
    "images of a plan to be measured": lambda at: unmeasured_images(at.plan.guid, at.store),
    "flats due": lambda at: flats_due(at.profile.guid, at.context),
    "report night, with thumbnails": lambda at: load_night(
        at.store, at.profile.guid, day=(at.clock.now() - timedelta(days=2)).date()
    ),
    "report target, of an old one": lambda at: load_target(str(OLD), at.context, most_frames=20),
    "report profile, its sums": lambda at: at.exposure_sums(),
    "the latest night": lambda at: latest_night(at.store, at.profile.guid),
    "on_exposure_saved": lambda at: at.record(),
}
"""Every query by what the user does."""

"""Frames in a store that are graded by HFR alone, to be regraded."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tsplug.app import open_store
from tsplug.model import AcquiredImage, ExposurePlan, GradingStatus, StatusChange, Verdict
from tsplug.ports import FrameStatus, Store
from tsplug.services.catalogue import load_catalogue
from tsplug.services.criteria import add_criteria
from tsplug.services.doctor import examine
from tsplug.services.regrade_scope import RegradeRequest
from tsplug.services.regrading import RegradeReport, regrade
from tsplug.testing import FakeContext, ManualClock, PresentFiles, first_catalogue, recording_devices
from tsplug.testing.lights import store_light

START = datetime(2026, 1, 15, 20, 0, tzinfo=UTC)
HFR = {"name": "HFR", "rows": {"hfr": {"weight": 1, "good": 2.0, "bad": 4.0}}}
DEVIATION = {"name": "HFR", "rows": {"hfr": {"weight": 1, "good": 2.0, "bad": 6.0, "deviation": True}}}
ALL = RegradeRequest(everything=True)


def catalogue() -> dict[str, Any]:
    """Return a rig with two targets whose plans want three frames each, graded by HFR alone."""
    document = first_catalogue()
    nebulae = document["projects"][0]
    document["projects"] = [nebulae]
    for target, template in zip(nebulae["targets"], ("L", "Ha"), strict=True):
        target["plans"] = [{"template": template, "desired": 3}]
    document["profile"]["grader"] = {"statistical": False, "delay_percent": 0, "criteria_set": "HFR"}
    for template in document["templates"]:
        template["minimum_grade"] = "C"
    return document


class Frames:
    """A store with frames that count as a test says, and what tests do to it."""

    def __init__(self, url: str = "sqlite://", document: dict[str, Any] = HFR) -> None:
        self.clock = ManualClock(START)
        self.store: Store = open_store(url, self.clock)
        load_catalogue(catalogue(), self.store, clock=self.clock)
        add_criteria(document, self.store)
        self.context = FakeContext(self.store, self.clock, recording_devices(self.clock, Path("unused")))
        self.taken = 0

    def take(self, *values: float, target: str = "M 42", status: str = "accepted", **changes: Any) -> None:
        """Store a frame for each HFR."""
        for value in values:
            fields: dict[str, Any] = {
                "filter_name": "L" if target == "M 42" else "Ha",
                "started": START + timedelta(minutes=self.taken),
                "metrics": {"hfr": value},
                "detector": "d",
                "status": GradingStatus(status),
            }
            image = store_light(self.store, target, **fields | changes)
            with self.store.write() as unit:
                line = {"image_id": image.id or 0, "from_status": None, "to_status": image.status, "by": "import"}
                unit.add(StatusChange(**line, why=image.reject_reason, at=START, manual=image.manual))
            self.taken += 1

    def change(self, kind: type[Any], **values: Any) -> None:
        """Change every record of a kind."""
        with self.store.write() as unit:
            for record in unit.list(kind):
                unit.update(kind(**record.model_dump() | values))

    def regrade(self, request: RegradeRequest = ALL, *, batch: int = 2000) -> RegradeReport:
        """Regrade."""
        return regrade(request, self.context, batch=batch)

    def all(self, kind: type[Any]) -> list[Any]:
        """Return every record of a kind."""
        with self.store.read() as unit:
            return unit.list(kind)

    def told(self) -> list[str]:
        """Return status and band of each frame in short."""
        return [f"{each.status.value[0]}{each.band or '-'}" for each in self.all(AcquiredImage)]

    def everything(self) -> list[list[Any]]:
        """Return all that a regrade could change."""
        return [self.all(kind) for kind in (AcquiredImage, ExposurePlan, Verdict, StatusChange)]

    def accepted(self) -> list[int]:
        """Return the plans' counters, and check them against the frames."""
        assert examine(self.store, _Present()).problems == ()
        return [plan.accepted for plan in self.all(ExposurePlan)]


class _Present(PresentFiles):
    def status(self, file: Path) -> FrameStatus:
        return FrameStatus(exists=True)

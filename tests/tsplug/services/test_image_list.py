"""Acquired images as JSON."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from tsplug.model import AcquiredImage, Band, GradingStatus
from tsplug.ports import ImageQuery
from tsplug.services.image_list import list_images
from tsplug.testing.clock import START
from tsplug.testing.store import memory_store

pytestmark = pytest.mark.both_databases

PROMISED = {
    "id",
    "guid",
    "acquired",
    "started",
    "profile",
    "project",
    "target",
    "filter",
    "exposure_s",
    "template",
    "file",
    "gain",
    "offset",
    "binning",
    "readout_mode",
    "rotation_deg",
    "roi_percent",
    "status",
    "reject_reason",
    "score",
    "band",
    "metrics",
}


def image(number: int, status: GradingStatus = GradingStatus.PENDING) -> AcquiredImage:
    return AcquiredImage(
        guid=f"g{number}",
        profile_name="rig",
        project_name="Nebulae",
        target_name="M 42",
        template_name="Ha 300",
        filter_name="Ha",
        file=f"{number}.fits",
        started=START + timedelta(minutes=number),
        acquired=START + timedelta(minutes=number + 5),
        exposure_s=300,
        band=Band.B,
        status=status,
        metrics={"hfr": 2.0, "adu_mean": 900.0},
    )


def test_every_promised_key_is_there_newest_first() -> None:
    """Scripts read these names; the document is plain JSON."""
    store = memory_store()
    with store.write() as unit:
        for number in (1, 3, 2):
            unit.add_image(image(number))
    rows = json.loads(json.dumps(list_images(store)))
    assert [row["guid"] for row in rows] == ["g3", "g2", "g1"]
    assert set(rows[0]) >= PROMISED
    assert rows[0]["started"] == "2026-01-15T18:03:00+00:00"
    assert rows[0]["acquired"] == "2026-01-15T18:08:00+00:00"
    assert (rows[0]["project"], rows[0]["template"], rows[0]["band"]) == ("Nebulae", "Ha 300", "B")
    assert rows[0]["metrics"] == {"adu_mean": 900.0, "hfr": 2.0}


def test_a_query_narrows_the_list() -> None:
    """Filters of the store apply."""
    store = memory_store()
    with store.write() as unit:
        unit.add_image(image(1))
        unit.add_image(image(2, GradingStatus.REJECTED))
    assert [row["status"] for row in list_images(store, ImageQuery(status=GradingStatus.REJECTED))] == ["rejected"]

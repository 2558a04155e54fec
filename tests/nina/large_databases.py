"""Makes Target Scheduler databases as large as those of users of several years."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from scheduler_databases import (
    JPEG,
    image_row,
    make_database,
    metadata,
    plan_row,
    preference_row,
    project_row,
    target_row,
    template_row,
)


def large_rows(*, targets: int, images: int, thumbnail_bytes: int) -> Iterable[tuple[str, Iterable[dict[str, Any]]]]:
    """Yield the tables of a large database of version 23 with their rows, made one by one."""
    per_target, plans = images // targets, 4
    yield "profilepreference", [preference_row(23)]
    yield "exposuretemplate", [template_row(key, name) for key, name in enumerate(("L", "R", "G", "B"), start=1)]
    yield "project", [project_row(key, f"Project {key}") for key in range(1, targets // 4 + 1)]
    yield "target", [target_row(key, f"Target {key}", projectid=(key - 1) // 4 + 1) for key in range(1, targets + 1)]
    yield (
        "exposureplan",
        [
            plan_row(
                (target - 1) * plans + each, targetid=target, exposureTemplateId=each, acquired=per_target // plans
            )
            for target in range(1, targets + 1)
            for each in range(1, plans + 1)
        ],
    )
    yield "acquiredimage", (_large_image(key, per_target=per_target, plans=plans) for key in range(1, images + 1))
    picture = JPEG + bytes(range(256)) * (thumbnail_bytes // 256)
    yield (
        "imagedata",
        (
            {"Id": key, "tag": "", "imagedata": picture, "acquiredimageid": key, "width": 120, "height": 80}
            for key in range(1, images + 1)
        ),
    )


def make_large_database(file: Path, *, targets: int = 200, images: int = 50_000, thumbnail_bytes: int = 8192) -> Path:
    """Make a database of version 23 as large as a user's of several years and return its file."""
    rows = large_rows(targets=targets, images=images, thumbnail_bytes=thumbnail_bytes)
    return make_database(file, 23, dict(rows))


def _large_image(key: int, *, per_target: int, plans: int) -> dict[str, Any]:
    target = (key - 1) // per_target + 1
    row = image_row(key, 23, minutes=key * 3, status=key % 3, targetId=target, projectId=(target - 1) // 4 + 1)
    text = metadata(
        FileName=f"D:\\Lights\\Target {target}\\{key:05d}.fits", HFR=2 + key % 97 / 100, DetectedStars=key % 900
    )
    return row | {"exposureId": (target - 1) * plans + key % plans + 1, "metadata": text}

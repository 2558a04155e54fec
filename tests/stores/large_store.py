"""A store of any size, filled by the database itself: years of nights of one rig, and now and then another."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import text

from tsplug.store.database import SqlStore, transaction

FIRST = datetime(1990, 1, 1, 20, 0, tzinfo=UTC)
MINUTES_APART = 30
IMAGES_PER_PLAN = 50
PLANS_PER_TARGET = 5
TARGETS_PER_PROJECT = 1
FILTERS = ("L", "R", "G", "B", "Ha", "OIII", "SII")
PENDING = 40
NEWEST = 500

_NUMBERS = {
    "sqlite": "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < :count)",
    "postgresql": "WITH n(i) AS (SELECT generate_series(0, :count - 1))",
}
_MOMENTS = {
    "sqlite": "strftime('%Y-%m-%d %H:%M:%f000', '{first}', ({minutes}) || ' minutes')",
    "postgresql": "timestamptz '{first}+00' + ({minutes}) * interval '1 minute'",
}
_IMAGES = """
INSERT INTO acquired_image (guid, profile_id, profile_name, project_id, project_name, target_id, target_name, plan_id,
  template_name, filter_name, file, started, acquired, exposure_s, gain, binning, readout_mode_name, rotation_deg,
  roi_percent, session_id, pier_side, metrics, extra, detector, measure_error, status, reject_reason)
{numbers}
SELECT 'image-' || i, CASE WHEN i % 50 = 7 THEN 2 ELSE 1 END, 'Refractor', 1 + j / {project}, 'Project',
  1 + j / {target}, 'Target', 1 + j / {plan}, 'Template', {filter}, 'lights/' || i || '.fits', {started}, {acquired},
  300.0, 100, 1, '', 30.0, 100.0, 1, 'East', '{{"hfr": 2.5, "star_count": 900}}', '{{}}',
  CASE WHEN i < {pending} THEN NULL ELSE 'detector 1' END, '',
  CASE WHEN i < {pending} THEN 'pending' WHEN i % 10 = 3 THEN 'rejected' ELSE 'accepted' END, ''
FROM (SELECT i, CASE WHEN i >= :count - {newest} THEN 0 ELSE i END AS j FROM n) AS numbered
"""
_HANGING_ON_THEM = (
    "INSERT INTO thumbnail (image_id, tag, media_type, width_px, height_px, data)"
    " SELECT id, '', 'image/jpeg', 1, 1, :picture FROM acquired_image",
    "INSERT INTO status_change (image_id, from_status, to_status, by, why, at)"
    " SELECT id, 'pending', status, 'statistical', '', acquired FROM acquired_image",
    "INSERT INTO verdict (image_id, grader, version, status, reason, inputs, judged_at)"
    " SELECT id, 'statistical', '1', 'accept', '', '{}', acquired FROM acquired_image",
    "INSERT INTO flat_set (guid, profile_id, filter_name, binning, roi_percent, brightness, exposure_s, wanted, night,"
    " state, message, started) SELECT 'set ' || id, 1, filter_name, 1, 100.0, 100, 1.0, 1, date(started), 'complete',"
    " '', started FROM acquired_image WHERE id % 10 = 0",
    "INSERT INTO flat_set_file (flat_set_id, guid, number, file, taken_at)"
    " SELECT id, 'flat ' || id, 1, 'flat.fits', started FROM flat_set",
    "INSERT INTO flat_history (profile_id, target_id, target_name, project_name, session_date, session_id, flats_type,"
    " filter_name, binning, roi_percent, flat_set_id, taken_at) SELECT 1, 1 + id % 100, 'Target', 'Project', night, 1,"
    " '', filter_name, 1, 100.0, id, started FROM flat_set",
)


def fill(store: SqlStore, count: int) -> None:
    """Store so many images with thumbnails, verdicts and audit trails, and a flat set for every ten.

    The newest and the oldest belong to the first plan, which must be stored already; the oldest are pending.
    """
    engine = store._engine
    name = engine.dialect.name
    moment = _MOMENTS[name]
    statement = _IMAGES.format(
        numbers=_NUMBERS[name],
        plan=IMAGES_PER_PLAN,
        target=IMAGES_PER_PLAN * PLANS_PER_TARGET,
        project=IMAGES_PER_PLAN * PLANS_PER_TARGET * TARGETS_PER_PROJECT,
        filter="CASE (i / 100) % 7 " + " ".join(f"WHEN {n} THEN '{f}'" for n, f in enumerate(FILTERS)) + " END",
        started=moment.format(first=f"{FIRST:%Y-%m-%d %H:%M:%S}", minutes=f"i * {MINUTES_APART}"),
        acquired=moment.format(first=f"{FIRST:%Y-%m-%d %H:%M:%S}", minutes=f"i * {MINUTES_APART} + 5"),
        pending=PENDING,
        newest=NEWEST,
    )
    with transaction(engine, writable=True) as connection:
        connection.execute(text(statement), {"count": count})
        for each in _HANGING_ON_THEM:
            connection.execute(text(each), {"picture": b"jpeg"} if ":picture" in each else {})


def last_start(count: int) -> datetime:
    """Return when the newest of so many images began."""
    return FIRST + timedelta(minutes=(count - 1) * MINUTES_APART)

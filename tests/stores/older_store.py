"""A store as the first schema kept it: a night of one rig in rows of plain SQL, frozen, whatever the model became."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, inspect, text

from tsplug.store import opening
from tsplug.store.database import transaction
from tsplug.store.engines import engine_for, parse_url
from tsplug.store.migrating import ids_kept

PICTURE = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108000000003a7e9b550000"
    "000a49444154789c636800000082008177cd72b60000000049454e44ae426082"
)
WEIGHTS = '{"Percent Complete": 40.0, "Project Priority": 50.0}'
GRADER = '{"mode": "robust", "delay_percent": 80, "hfr_sigma": 3.5, "ungraded": "hold"}'
LIGHT = (
    "1, 'Refractor', 1, 'Nebulae', 1, 'M 42 ''Orion'' 🔭', {plan}, 'Ha', 'Ha', 'lights/{number}.fits',"
    " '2026-01-15 20:0{number}:00', '2026-01-15 20:0{number}:30', 30.0, 100, 30, 1, 0,"
    " 'Low Noise', 12.5, 30.0, 100.0, 1, 'East', 21000, 4.5, -10.0, -10.0,"
    " '{{\"hfr\": 2.{number}, \"star_count\": 900}}', 'sep 1 (abc)', ''"
)
STATEMENTS = (
    "INSERT INTO site VALUES (1, 'site-1', 'Sternwarte Zürich', 47.4, 8.5, 450, 'Europe/Zurich',"
    " '[[0, 10], [180, 20]]', 20.5, 5)",
    "INSERT INTO profile VALUES (1, 'profile-1', 'Refractor', 1, 'A. Observer', 'TS 100/550', 550, 100, 'Sim 1600',"
    " 3.76, 1600, 1200, '[\"L\", \"Ha\"]', '[0, 40]', '{\"Ha\": 4657}', TRUE, 255, 'light', 'flat',"
    f" '{GRADER}', '{{\"window_days\": 30}}', '{{\"park_on_wait\": true}}')",
    "INSERT INTO project VALUES (1, 'project-1', 1, 'Nebulae', 'winter', 'active', 2, '2026-01-01 12:00:00',"
    " '2026-01-02 12:00:00', NULL, FALSE, 1, 30, 20, 0, FALSE, 0, 0, 2, 3, FALSE, TRUE,"
    f" '{WEIGHTS}')",
    "INSERT INTO target VALUES (1, 'target-1', 1, 'M 42 ''Orion'' 🔭', TRUE, 5.588, -5.39, 30, 100, NULL)",
    "INSERT INTO exposure_template VALUES (1, 'template-1', 1, 'Ha', 'Ha', 300, 100, 30, 1, 0, 'nautical', 0, NULL, 0,"
    " TRUE, 60, 7, 0, 5, -15, FALSE, 'C')",
    "INSERT INTO exposure_plan VALUES (1, 'plan-1', 1, 1, 30, 20, 5, 2, TRUE)",
    "INSERT INTO exposure_plan VALUES (2, 'plan-2', 1, 1, NULL, 20, 0, 0, TRUE)",
    "INSERT INTO thumbnail VALUES (1, 1, '', 'image/png', 1, 1, :picture)",
    "INSERT INTO verdict VALUES (1, 2, 'statistical', '1', 'reject', NULL, NULL, 'HFR', '{\"centre\": 2.0}',"
    " '2026-01-15 20:05:00')",
    "INSERT INTO count_adjustment VALUES (1, 1, 'acquired', 2, 'edited', '2026-01-16 12:00:00')",
    "INSERT INTO trained_flat VALUES (1, 1, 'Ha', 100, 30, 1, 0, 120, 6.0, 25000, '2026-01-10 12:00:00')",
    "INSERT INTO flat_set VALUES (1, 'set-1', 1, 'Ha', 100, 30, 1, 0, 100, 12.5, 120, 6.0, 25100, 1, '2026-01-15',"
    " 'complete', '', '2026-01-16 06:00:00', '2026-01-16 06:05:00')",
    "INSERT INTO flat_set_file VALUES (1, 1, 'flat-1', 1, 'flats/1.fits', 25100, '2026-01-16 06:01:00')",
    "INSERT INTO flat_history VALUES (1, 1, 1, 'M 42', 'Nebulae', '2026-01-15', 1, 'Ha', 100, 30, 1, 0, 100, 12.5,"
    " 'panel', 1, '2026-01-16 06:05:00')",
    # A rig that was given up: nothing new may have its id.
    "INSERT INTO profile SELECT 9, 'profile-9', 'Newton', site_id, observer, telescope, focal_length_mm, aperture_mm,"
    " camera, pixel_size_um, sensor_width_px, sensor_height_px, filters, filter_offsets, astrobin_filters,"
    " has_rotator, panel_max_brightness, light_pattern, flat_pattern, grader, flats, planner FROM profile",
    "UPDATE acquired_image SET profile_id = 9 WHERE id = 3",
    "DELETE FROM profile WHERE id = 9",
)
STATUSES = ("accepted", "rejected", "accepted")


def lights() -> list[str]:
    """Return the statements for three lights of the first plan with their audit trails."""
    statements = []
    for number, status in enumerate(STATUSES, 1):
        values = LIGHT.format(number=number, plan=1)
        reason = "'HFR'" if status == "rejected" else "''"
        judged = f"'{status}', {reason}, NULL, NULL"
        statements.append(f"INSERT INTO acquired_image VALUES ({number}, 'image-{number}', {values}, {judged})")
        for line, step in enumerate((("NULL", "'pending'"), ("'pending'", f"'{status}'"))):
            statements.append(
                f"INSERT INTO status_change VALUES ({number * 2 + line}, {number}, {step[0]}, {step[1]}, 'tsplug', '',"
                f" '2026-01-15 20:1{line}:00')"
            )
    return statements


def make_older_store(url: str, revision: str) -> None:
    """Make a store of an earlier revision, with what the first one kept, where nothing is yet."""
    engine = engine_for(parse_url(url))
    if engine.dialect.name == "sqlite":
        opening._use_wal(engine)
    upgrade(engine, "0001")
    with transaction(engine, writable=True) as connection:
        place = STATEMENTS.index(next(each for each in STATEMENTS if each.startswith("INSERT INTO thumbnail")))
        for statement in (*STATEMENTS[:place], *lights(), *STATEMENTS[place:]):
            run(connection, statement)
        if engine.dialect.name == "postgresql":
            # Ids that are given do not move what gives them out.
            connection.execute(text("SELECT setval(pg_get_serial_sequence('profile', 'id'), 9)"))
    if revision != "0001":
        upgrade(engine, revision)
    engine.dispose()


def run(connection: Connection, statement: str) -> None:
    """Run one statement; a colon in it is no parameter, but for the picture's."""
    escaped = statement.replace(":", "\\:").replace("\\:picture", ":picture")
    connection.execute(text(escaped), {"picture": PICTURE} if ":picture" in statement else {})


def upgrade(engine: Engine, revision: str) -> None:
    """Run the migrations up to a revision."""
    config = Config()
    config.set_main_option("script_location", str(Path(opening.__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    with transaction(engine, writable=True, migrating=True) as connection:
        config.attributes["connection"] = connection
        with ids_kept(connection):
            command.upgrade(config, revision)


def contents(url: str) -> dict[tuple[str, Any], dict[str, Any]]:
    """Return every row of a database by table and id, as the driver gives it."""
    engine = engine_for(parse_url(url))
    try:
        with transaction(engine, writable=False) as connection:
            names = sorted(inspect(connection).get_table_names())
            return {
                (name, row.get("id")): dict(row)
                for name in names
                for row in connection.execute(text(f"SELECT * FROM {name}")).mappings()
            }
    finally:
        engine.dispose()

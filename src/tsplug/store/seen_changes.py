"""Telling which rows changed since an earlier look at the store, of what its triggers noted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection

from tsplug.model import Record
from tsplug.ports import Changes
from tsplug.store.row_changes import EVERYTHING, FLOOR, ROW_CHANGE, TRIGGERS, WATCHED, triggers_of
from tsplug.store.tables import TABLES

_KINDS = {TABLES[kind].name: kind for kind in WATCHED}

_LINES = (
    f"SELECT id, kind, row_id, stamp, schema_version FROM {ROW_CHANGE.name}, pragma_schema_version"
    f" WHERE id >= coalesce(?, (SELECT max(id) FROM {ROW_CHANGE.name})) ORDER BY id"
)
_MADE = f"SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND name GLOB '{TRIGGERS}*'"
_TABLES = ", ".join(f"'{name}'::regclass" for name in (*_KINDS, ROW_CHANGE.name))
_SINCE = f"""
    SELECT seen.*, line.kind, line.row_id FROM (
        SELECT pg_current_snapshot()::text AS at,
        pg_postmaster_start_time()::text || (SELECT oid FROM pg_database WHERE datname = current_database()) AS store,
        (SELECT string_agg(oid::text || '.' || xmin::text, ' ' ORDER BY oid) FROM pg_trigger
         WHERE tgrelid IN ({_TABLES}) AND starts_with(tgname::text, '{TRIGGERS}') AND tgenabled IN ('O', 'A')) AS made,
        (SELECT max(stamp) FROM {ROW_CHANGE.name} WHERE kind = '{FLOOR}')
            <= pg_snapshot_xmin(%(since)s::pg_snapshot)::text::bigint AS whole
    ) AS seen LEFT JOIN {ROW_CHANGE.name} AS line
    ON line.kind <> '{FLOOR}' AND NOT pg_visible_in_snapshot(line.stamp::text::xid8, %(since)s::pg_snapshot)
"""
_NOBODYS = "1:1:"
# A snapshot that sees nothing.


def changes_since(connection: Connection, since: object) -> Changes:
    """Return what changed since an earlier look, inside a transaction that has not read anything yet.

    Where that cannot be told, as in a store that came out of a backup or that lacks triggers, anything may have.
    """
    if connection.dialect.name == "postgresql":
        return _since_snapshot(connection, since if isinstance(since, _Snapshot) else None)
    return _since_line(connection, since if isinstance(since, _Line) else None)


@dataclass(frozen=True)
class _Line:
    """A look at an SQLite store: the last line it found, and the number of the schema, in which all triggers were."""

    id: int
    stamp: int
    schema: int


@dataclass(frozen=True)
class _Snapshot:
    """A look at a PostgreSQL store: what it could see, of which server and database, and the triggers there were."""

    at: str
    store: str
    made: str


def _since_line(connection: Connection, before: _Line | None) -> Changes:
    found = connection.exec_driver_sql(_LINES, (None if before is None else before.id,)).fetchall()
    if not found:
        return Changes()
    at = _Line(found[-1][0], found[-1][3], found[-1][4])
    if before is None or before.schema != at.schema:
        complete = connection.exec_driver_sql(_MADE).scalar_one() == triggers_of("sqlite")
        return Changes(at if complete else None)
    if _Line(found[0][0], found[0][3], at.schema) != before:
        return Changes(at)
    return Changes(at, _by_kind((row[1], row[2]) for row in found[1:]))


def _since_snapshot(connection: Connection, before: _Snapshot | None) -> Changes:
    said = {"since": _NOBODYS if before is None else before.at}
    found = connection.exec_driver_sql(_SINCE, said).fetchall()
    at = _Snapshot(found[0][0], found[0][1], found[0][2] or "")
    if before is None or before.made != at.made or before.store != at.store:
        complete = len(at.made.split()) == triggers_of("postgresql")
        return Changes(at if complete else None)
    return Changes(at, _by_kind((row[4], row[5]) for row in found if row[4]) if found[0][3] else {})


def _by_kind(lines: Iterable[tuple[str, int | None]]) -> dict[type[Record], frozenset[int] | None]:
    """Return the rows of each kind that changed; nothing of any where everything may have."""
    changed: dict[str, set[int]] = {name: set() for name in _KINDS}
    whole: set[str] = set()
    for name, row_id in lines:
        if name == EVERYTHING:
            return {}
        if row_id is None:
            whole.add(name)
        else:
            changed[name].add(row_id)
    return {_KINDS[name]: None if name in whole else frozenset(ids) for name, ids in changed.items()}

"""Telling whether anything changed since the last look, and reading again only the rows that did."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import count
from typing import Any, TypeVar

from sqlalchemy import Connection, Select, select

from tsplug.model import Record
from tsplug.ports import Ids, Recalled
from tsplug.store.rows import matching
from tsplug.store.tables import TABLES

R = TypeVar("R", bound=Record)

_NUMBERS = count(1)
_NUMBER = "tsplug_connection_number"
_MANY = 50
# Beyond so many, naming each row that changed costs more than reading all of them.


def state_mark(connection: Connection) -> tuple[object, ...]:
    """Return what is equal to another mark only if both see the same content; to be asked before anything is read.

    A mark tells connections apart. SQLite counts the commits of others on each, and what each changed itself; on
    PostgreSQL a snapshot says whose changes are seen.
    """
    number = connection.info.setdefault(_NUMBER, next(_NUMBERS))
    if connection.dialect.name == "postgresql":
        return (number, connection.exec_driver_sql("SELECT pg_current_snapshot()::text").scalar_one())
    driver: Any = connection.connection.driver_connection
    return (number, connection.exec_driver_sql("PRAGMA data_version").scalar_one(), driver.total_changes)


@dataclass(frozen=True)
class Asked:
    """Which records are wanted: a kind, and the values that fields have; ``key`` tells one question from another."""

    kind: type[Record]
    equals: Mapping[str, object] = field(compare=False)
    key: object

    @classmethod
    def of(cls, kind: type[Record], equals: Mapping[str, object]) -> Asked:
        """Return what stands for a question."""
        return cls(kind, equals, _key(equals))


def recall(
    connection: Connection, asked: Asked, *, before: Recalled[R], read: Callable[[type[R], Select[Any]], list[R]]
) -> Recalled[R]:
    """Return what is found; rows that are as before keep their records, and where all are it is ``before`` itself.

    Args:
        connection: inside a transaction.
        asked: which records.
        before: what was found last.
        read: makes records of a query's rows.
    """
    kind: Any = asked.kind
    query = _statement(asked)
    result = connection.execute(query)
    rows = tuple(result.cursor.fetchall())
    result.close()
    if rows == before.rows:
        return before
    known = {row[0]: (row, record) for row, record in zip(before.rows, before.records, strict=True)}
    changed = [row[0] for row in rows if row[0] not in known or known[row[0]][0] != row]
    table = TABLES[kind]
    wanted = query if len(changed) > _MANY else select(table).where(table.c.id.in_(changed))
    fresh = {record.id: record for record in read(kind, wanted)} if changed else {}
    again = set(changed)
    return Recalled(rows, tuple(fresh[row[0]] if row[0] in again else known[row[0]][1] for row in rows))


@lru_cache(maxsize=64)
def _statement(asked: Asked) -> Select[Any]:
    return matching(asked.kind, asked.equals)


def _key(value: object) -> object:
    if isinstance(value, Ids):
        return value.kind, _key(value.equals)
    if isinstance(value, Mapping):
        return tuple((name, _key(each)) for name, each in sorted(value.items()))
    return tuple(map(_key, value)) if isinstance(value, list | tuple) else value

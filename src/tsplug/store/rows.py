"""Between rows and records: reading, writing and selecting any kind of record."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    ForeignKey,
    Select,
    Table,
    delete,
    exists,
    insert,
    select,
    update,
)

from tsplug.errors import NotFoundError
from tsplug.model import Record
from tsplug.ports import Dangling
from tsplug.store.tables import TABLES

R = TypeVar("R", bound=Record)


class Rows:
    """The rows of every kind of record, on a connection whose transaction someone else begins and ends."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def insert(self, record: R) -> R:
        """Insert a record and return a copy with its id; an id that is given already is kept."""
        values = _values(record)
        if record.id is None:
            del values["id"]
        result = self._connection.execute(insert(table_of(type(record))).values(values))
        key = result.inserted_primary_key
        return record.model_copy(update={"id": key[0] if key else record.id})

    def insert_many(self, records: Sequence[R]) -> Sequence[R]:
        """Insert records of one kind that have no ids yet; return copies with theirs, in order."""
        if not records:
            return []
        table = table_of(type(records[0]))
        rows = [{name: value for name, value in _values(record).items() if name != "id"} for record in records]
        statement = insert(table).returning(table.c.id, sort_by_parameter_order=True)
        keys = self._connection.execute(statement, rows).scalars()
        return [record.model_copy(update={"id": key}) for record, key in zip(records, keys, strict=True)]

    def update(self, record: Record, *, keep: Iterable[str] = ()) -> None:
        """Write all fields of a record but those to keep.

        Raises:
            NotFoundError: it is no longer stored.
        """
        table = table_of(type(record))
        values = {name: value for name, value in _values(record).items() if name not in {"id", *keep}}
        if self._connection.execute(update(table).where(table.c.id == record.id).values(values)).rowcount == 0:
            raise _gone(type(record), record.id)

    def delete(self, record: Record) -> None:
        """Remove the row of a record; nothing happens when it is gone already."""
        table = table_of(type(record))
        self._connection.execute(delete(table).where(table.c.id == record.id))

    def fetch(self, kind: type[R], key: int) -> R:
        """Return the record with an id.

        Raises:
            NotFoundError: there is none.
        """
        found = self.select(kind, matching(kind, {"id": key}))
        if not found:
            raise _gone(kind, key)
        return found[0]

    def select(self, kind: type[R], query: Select[Any]) -> list[R]:
        """Return the records that a query over a kind's table selects."""
        return [kind.model_validate(dict(row)) for row in self._connection.execute(query).mappings()]

    def dangling(self) -> list[Dangling]:
        """Return every reference that the schema declares and that leads nowhere."""
        return [
            link
            for kind, table in TABLES.items()
            for key in sorted(table.foreign_keys, key=lambda key: key.parent.name)
            for link in self._leading_nowhere(kind, key)
        ]

    def _leading_nowhere(self, kind: type[Record], key: ForeignKey) -> list[Dangling]:
        table, column = table_of(kind), key.parent
        there = exists().where(key.column == column)
        query = select(table.c.id, column).where(column.is_not(None), ~there).order_by(table.c.id)
        refers_to = key.column.table.name
        return [Dangling(kind, row[0], column.name, refers_to, row[1]) for row in self._connection.execute(query)]


def matching(kind: type[Record], equals: Mapping[str, object]) -> Select[Any]:
    """Return the query for records whose fields equal values, by id.

    None matches what is not set, and a list, tuple or set any of its members.

    Raises:
        ValueError: the kind has no such field.
    """
    table = table_of(kind)
    for name in equals:
        if name not in table.c:
            raise ValueError(f"{kind.__name__} has no field {name!r}")
    conditions = [_equal(table.c[name], value) for name, value in equals.items()]
    return select(table).where(*conditions).order_by(table.c.id)


def table_of(kind: type[Record]) -> Table:
    """Return the table of a kind of record."""
    return TABLES[kind]


def _equal(column: Column[Any], value: object) -> ColumnElement[bool]:
    if isinstance(value, list | tuple | set | frozenset):
        return column.in_(value)
    return column.is_(None) if value is None else column == value


def _values(record: Record) -> dict[str, Any]:
    return {name: getattr(record, name) for name in type(record).model_fields}


def _gone(kind: type[Record], key: int | None) -> NotFoundError:
    return NotFoundError(f"the store has no {kind.__name__} with id {key}")

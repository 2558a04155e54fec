"""Between rows and records: reading, writing and selecting any kind of record."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, MutableSequence, Sequence
from functools import cache, lru_cache
from operator import itemgetter
from typing import Any, TypeVar

from pydantic import ValidationError
from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    ForeignKey,
    Integer,
    Select,
    Table,
    bindparam,
    cast,
    delete,
    exists,
    false,
    func,
    insert,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import REGCLASS
from sqlalchemy.engine import Dialect

from tsplug.errors import NotFoundError, StoreError
from tsplug.model import Record
from tsplug.model.wording import plain
from tsplug.ports import Dangling, Ids, Spoilt
from tsplug.store.many_rows import update_rows
from tsplug.store.tables import TABLES

R = TypeVar("R", bound=Record)

_LARGEST = 2**31 - 1
_PART = 5000
# No database takes an endless list of ids.


class Rows:
    """The rows of every kind of record, on a connection whose transaction someone else begins and ends."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def insert(self, record: R) -> R:
        """Insert a record and return a copy with its id; an id that is given already is kept."""
        values = _values(record)
        if record.id is None:
            del values["id"]
        # Values beside the statement, not in it: then every record of a kind has the same one.
        result = self._connection.execute(insert(table_of(type(record))), values)
        if record.id is not None:
            self._pass_over(record)
        key = result.inserted_primary_key
        return record.model_copy(update={"id": key[0] if key else record.id})

    def _pass_over(self, record: Record) -> None:
        """Let the next id lie beyond one that was given; SQLite sees to that itself."""
        if self._connection.dialect.name == "postgresql":
            table = table_of(type(record))
            sequence = cast(func.pg_get_serial_sequence(table.name, "id"), REGCLASS)
            given_out = func.coalesce(func.pg_sequence_last_value(sequence), 1)
            self._connection.execute(select(func.setval(sequence, func.greatest(record.id, given_out))))

    def insert_many(self, records: Sequence[R]) -> Sequence[R]:
        """Insert records of one kind that have no ids yet; return copies with theirs, in order."""
        if not records:
            return []
        table = table_of(type(records[0]))
        # With ids reserved beforehand no row need be asked for its own, which is what inserting many takes longest for.
        keyed = [
            record.model_copy(update={"id": key})
            for record, key in zip(records, self._reserved(table, len(records)), strict=True)
        ]
        self._connection.execute(insert(table), [_values(record) for record in keyed])
        return keyed

    def _reserved(self, table: Table, count: int) -> Sequence[int]:
        """Return ids that nobody has or gets; on SQLite because nobody else writes until this transaction ends."""
        if self._connection.dialect.name == "postgresql":
            numbers = func.generate_series(1, count).table_valued("number")
            following = func.nextval(cast(func.pg_get_serial_sequence(table.name, "id"), REGCLASS))
            return sorted(self._connection.execute(select(following).select_from(numbers)).scalars())
        last = text("SELECT seq FROM sqlite_sequence WHERE name = :name")
        given_out = self._connection.execute(last, {"name": table.name}).scalar() or 0
        return range(given_out + 1, given_out + 1 + count)

    def update(self, record: Record, *, keep: Iterable[str] = ()) -> None:
        """Write all fields of a record but those to keep.

        Raises:
            NotFoundError: it is no longer stored.
        """
        table = table_of(type(record))
        values = {name: value for name, value in _values(record).items() if name not in {"id", *keep}}
        statement = update(table).where(table.c.id == bindparam("key"))
        if self._connection.execute(statement, {"key": record.id, **values}).rowcount == 0:
            raise _gone(type(record), record.id)

    def update_many(self, kind: type[Record], rows: Sequence[Mapping[str, object]]) -> None:
        """Write the same fields of many records, each named by its id."""
        if not rows:
            return
        names = [name for name in rows[0] if name != "id"]
        values_of = itemgetter(*names, "id")
        update_rows(self._connection, table_of(kind), names=names, rows=[values_of(row) for row in rows])

    def delete(self, record: Record) -> None:
        """Remove the row of a record; nothing happens when it is gone already."""
        table = table_of(type(record))
        self._connection.execute(delete(table).where(table.c.id == record.id))

    def delete_all(self, kind: type[Record], equals: Mapping[str, object]) -> int:
        """Remove the rows of records whose fields equal values; return how many."""
        return self._connection.execute(delete(table_of(kind)).where(*equal_to(kind, equals))).rowcount

    def set_all(self, kind: type[Record], values: Mapping[str, object], *, equals: Mapping[str, object]) -> int:
        """Give fields of records the same values; return how many."""
        statement = update(table_of(kind)).where(*equal_to(kind, equals)).values(dict(values))
        return self._connection.execute(statement).rowcount

    def count(self, kind: type[Record], equals: Mapping[str, object]) -> int:
        """Return how many records have fields that equal values."""
        query = select(func.count()).select_from(table_of(kind)).where(*equal_to(kind, equals))
        return int(self._connection.execute(query).scalar_one())

    def fetch(self, kind: type[R], key: int) -> R:
        """Return the record with an id.

        Raises:
            NotFoundError: there is none.
        """
        found = self.first(kind, {"id": key})
        if found is None:
            raise _gone(kind, key)
        return found

    def first(self, kind: type[R], equals: Mapping[str, object]) -> R | None:
        """Return the first record by id whose fields equal values, values as in `equal_to`."""
        if all(_is_one(table_of(kind).c.get(name), value) for name, value in equals.items()):
            rows = self._connection.execute(_first_by(kind, tuple(equals)), dict(equals)).mappings()
            found = [_record(kind, dict(row)) for row in rows]
        else:
            found = self.select(kind, matching(kind, equals).limit(1))
        return found[0] if found else None

    def select(self, kind: type[R], query: Select[Any]) -> list[R]:
        """Return the records that a query over a kind's table selects."""
        found = self._connection.execute(query)
        names = tuple(found.keys())
        return [_record(kind, dict(zip(names, row, strict=True))) for row in found.all()]

    def record(self, kind: type[R], row: Sequence[object], *, types: tuple[object, ...]) -> R:
        """Return the record of a row of a whole table as the driver gives it, with the types that it says of them."""
        columns = zip(_readers(kind, self._connection.dialect, types=types), row, strict=True)
        return _record(kind, {name: made(value) if made else value for (name, made), value in columns})

    def sift(self, kind: type[R], query: Select[Any], *, spoilt: MutableSequence[Spoilt]) -> list[R]:
        """Return the records that a query selects, but put those that are no valid records into ``spoilt``."""
        sound = []
        for row in self._connection.execute(query).mappings():
            try:
                sound.append(kind.model_validate(dict(row)))
            except ValidationError as error:
                field, value, wrong = _fault(error, dict(row))
                spoilt.append(Spoilt(kind, row["id"], field, value, wrong))
        return sound

    def stored_among(self, kind: type[Record], ids: Collection[int], *, stay: bool) -> set[int]:
        """Return those of the ids that rows have, locked if they are to ``stay`` and the database locks rows."""
        key, wanted, found = table_of(kind).c.id, sorted(ids), set[int]()
        for start in range(0, len(wanted), _PART):
            query = select(key).where(key.in_(wanted[start : start + _PART])).order_by(key)
            found |= set(self._connection.execute(query.with_for_update() if stay else query).scalars())
        return found

    def highest_id(self, kind: type[Record]) -> int:
        """Return the highest id that was ever given out for a kind; 0 where none was."""
        table = table_of(kind)
        stored = self._connection.execute(select(func.max(table.c.id))).scalar_one() or 0
        if self._connection.dialect.name == "postgresql":
            query: Any = select(
                func.pg_sequence_last_value(cast(func.pg_get_serial_sequence(table.name, "id"), REGCLASS))
            )
        else:
            query = text("SELECT seq FROM sqlite_sequence WHERE name = :name").bindparams(name=table.name)
        return max(int(stored), int(self._connection.execute(query).scalar_one_or_none() or 0))

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


def part_of(query: Select[Any], kind: type[Record], *, after: int, limit: int | None) -> Select[Any]:
    """Return a query that goes by id for a part of what it selects: ids beyond one, and no more than so many."""
    beyond = query.where(table_of(kind).c.id > after) if after else query
    return beyond.limit(limit)


def matching(kind: type[Record], equals: Mapping[str, object]) -> Select[Any]:
    """Return the query for records whose fields equal values, by id; values as in `equal_to`.

    Raises:
        ValueError: the kind has no such field.
    """
    table = table_of(kind)
    return select(table).where(*equal_to(kind, equals)).order_by(table.c.id)


@cache
def _first_by(kind: type[Record], names: tuple[str, ...]) -> Select[Any]:
    """Return the query for the first record whose fields equal parameters of their names.

    It is made once: to make such a query takes longer than to look a record up.
    """
    table = table_of(kind)
    return select(table).where(*(table.c[name] == bindparam(name) for name in names)).order_by(table.c.id).limit(1)


@lru_cache(maxsize=64)
def _readers(
    kind: type[Record], dialect: Dialect, *, types: tuple[object, ...]
) -> list[tuple[str, Callable[[Any], Any] | None]]:
    """Return the names of a table's columns, each with what makes values of what the driver gives, if anything must."""
    return [
        (column.name, column.type.dialect_impl(dialect).result_processor(dialect, code))
        for column, code in zip(table_of(kind).columns, types, strict=True)
    ]


def _is_one(column: Column[Any] | None, value: object) -> bool:
    """Return whether a condition is that a column equals one value, which it can hold."""
    return column is not None and isinstance(value, str | int) and not _too_large(column, value)


def latest(kind: type[Record], equals: Mapping[str, object]) -> Select[Any]:
    """Return the query for the record of the highest id among those whose fields equal values."""
    table = table_of(kind)
    return select(table).where(*equal_to(kind, equals)).order_by(table.c.id.desc()).limit(1)


def equal_to(kind: type[Record], equals: Mapping[str, object]) -> list[ColumnElement[bool]]:
    """Return the conditions that fields equal values.

    None matches what is not set, a list, tuple or set any of its members, and `Ids` the ids that they stand for.

    Raises:
        ValueError: the kind has no such field.
    """
    table = table_of(kind)
    for name in equals:
        if name not in table.c:
            raise ValueError(f"{kind.__name__} has no field {name!r}")
    return [_equal(table.c[name], value) for name, value in equals.items()]


def table_of(kind: type[Record]) -> Table:
    """Return the table of a kind of record."""
    return TABLES[kind]


def _equal(column: Column[Any], value: object) -> ColumnElement[bool]:
    if isinstance(value, Ids):
        inner = table_of(value.kind)
        return column.in_(select(inner.c.id).where(*equal_to(value.kind, value.equals)))
    if isinstance(value, list | tuple | set | frozenset):
        ids = [each for each in value if isinstance(each, Ids)]
        among = [each for each in value if each not in ids and not _too_large(column, each)]
        unset = [column.is_(None)] if None in among else []
        return or_(*(_equal(column, each) for each in ids), *unset, column.in_(among))
    if _too_large(column, value):
        return false()
    return column.is_(None) if value is None else column == value


def _too_large(column: Column[Any], value: object) -> bool:
    """Return whether a number is none that the column can hold on every database."""
    return isinstance(column.type, Integer) and isinstance(value, int) and abs(value) > _LARGEST


def _values(record: Record) -> dict[str, Any]:
    return {name: getattr(record, name) for name in type(record).model_fields}


def _record(kind: type[R], row: Mapping[str, Any]) -> R:
    try:
        return kind.model_validate(row)
    except ValidationError as error:
        field, value, wrong = _fault(error, row)
        raise StoreError(
            f"the store's {kind.__name__} {row['id']} is spoilt: {field} is {value!r}: {wrong}; see `tsplug doctor`"
        ) from error


def _fault(error: ValidationError, row: Mapping[str, Any]) -> tuple[str, object, str]:
    """Return the first field that made a row no record, what it holds, and what is wrong with that."""
    first = error.errors(include_url=False)[0]
    field = str(first["loc"][0]) if first["loc"] else ""
    return field, row.get(field), plain(first["msg"])


def _gone(kind: type[Record], key: int | None) -> NotFoundError:
    return NotFoundError(f"the store has no {kind.__name__} with id {key}")

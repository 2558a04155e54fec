"""Reading again only the rows that changed since the last look, of those that a question asks for."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from operator import itemgetter
from typing import Any, TypeVar

from sqlalchemy import Connection
from sqlalchemy.engine import Dialect

from tsplug.model import Record
from tsplug.ports import Changes, Ids, Recalled
from tsplug.store.rows import Rows, matching, table_of

R = TypeVar("R", bound=Record)
Row = tuple[Any, ...]

_MANY = 50
# Beyond so many, naming each row that changed costs more than reading all of them.


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


class Recalling:
    """Looks at a store again, inside a transaction, with what is known of the changes since the last look."""

    def __init__(self, connection: Connection, rows: Rows, *, changes: Changes) -> None:
        self._connection = connection
        self._rows = rows
        self._changes = changes

    def recall(self, asked: Asked, before: Recalled[R]) -> Recalled[R]:
        """Return what is found; rows that are as before keep their records, and where all are it is ``before``."""
        changed = self._touching(asked) if before.question == asked else None
        if changed is None:
            return self._compared(asked, before)
        return self._followed(asked, before, changed=changed) if changed else before

    def _touching(self, asked: Asked) -> Mapping[str, Collection[int]] | None:
        """Return which values of which columns a row has that may be others now, or that may be asked for only now.

        None where it can be any row.
        """
        found = [("id", self._changes.rows.get(asked.kind))]
        for name, value in asked.equals.items():
            for ids in _stood_for(value):
                # What such ids depend on is not followed further: a project that changed may bring any plan.
                if any(self._changes.rows.get(kind) != frozenset() for kind in _depending(ids)):
                    return None
                found.append((name, self._changes.rows.get(ids.kind)))
        touched: dict[str, set[int]] = {}
        for name, changed in found:
            if changed is None:
                return None
            if changed:
                touched.setdefault(name, set()).update(changed)
        return touched if sum(map(len, touched.values())) <= _MANY else None

    def _followed(self, asked: Asked, before: Recalled[R], *, changed: Mapping[str, Collection[int]]) -> Recalled[R]:
        """Return what was found with those of its rows read again that may have changed."""
        kind: Any = asked.kind
        found = (_places(kind, before.rows, name=name, ids=ids) for name, ids in changed.items())
        places = sorted({place for each in found for place in each})
        now, types = self._fetched(asked, among=changed)
        if [row[0] for row in now] != [before.rows[place][0] for place in places]:
            # Rows are asked for that were not before, or are no longer.
            return self._compared(asked, before)
        others = [(place, row) for place, row in zip(places, now, strict=True) if before.rows[place] != row]
        if not others:
            return before
        rows, records = list(before.rows), list(before.records)
        for place, row in others:
            rows[place], records[place] = row, self._rows.record(kind, row, types=types)
        return Recalled(tuple(rows), tuple(records), asked)

    def _compared(self, asked: Asked, before: Recalled[R]) -> Recalled[R]:
        """Return what is found where nothing is known of the changes: all rows are read, and held against the last."""
        kind: Any = asked.kind
        rows, types = self._fetched(asked)
        if rows == before.rows:
            return before if before.question == asked else Recalled(rows, before.records, asked)
        known = {row[0]: (row, record) for row, record in zip(before.rows, before.records, strict=True)}
        nobody: tuple[Row, Any] = ((), None)
        found = ((row, *known.get(row[0], nobody)) for row in rows)
        records = tuple(
            record if row == was else self._rows.record(kind, row, types=types) for row, was, record in found
        )
        return Recalled(rows, records, asked)

    def _fetched(
        self, asked: Asked, *, among: Mapping[str, Collection[int]] | None = None
    ) -> tuple[tuple[Row, ...], Row]:
        """Return rows by id as the driver gives them, and what types it says that their columns have.

        ``among`` wants those alone that have one of some values in one of some columns.
        """
        some = (f"{name} IN ({', '.join(map(str, values))})" for name, values in (among or {}).items())
        where = f" WHERE {' OR '.join(some)}" if among else ""
        text = f"SELECT * FROM ({_text(asked, self._connection.dialect)}) AS asked{where} ORDER BY id"
        result = self._connection.exec_driver_sql(text)
        rows, types = result.cursor.fetchall(), tuple(column[1] for column in result.cursor.description)
        result.close()
        return tuple(rows), types


@lru_cache(maxsize=64)
def _text(asked: Asked, dialect: Dialect) -> str:
    """Return a question in SQL, with its values: to make it each time takes longer than to answer it."""
    query = matching(asked.kind, asked.equals).order_by(None)
    return str(query.compile(dialect=dialect, compile_kwargs={"literal_binds": True}))


def _places(kind: type[Record], rows: Sequence[Row], *, name: str, ids: Collection[int]) -> list[int]:
    """Return where among rows, which go by id, those stand that have one of some values in a column."""
    if name != "id":
        column = list(table_of(kind).c.keys()).index(name)
        return [place for place, row in enumerate(rows) if row[column] in ids]
    found = (bisect_left(rows, key, key=itemgetter(0)) for key in ids)
    return [place for place in found if place < len(rows) and rows[place][0] in ids]


def _stood_for(value: object) -> list[Ids]:
    """Return the questions that a value stands for."""
    several: Iterable[object] = value if isinstance(value, list | tuple | set | frozenset) else (value,)
    return [each for each in several if isinstance(each, Ids)]


def _depending(ids: Ids) -> Iterator[type[Record]]:
    """Yield the kinds of the records that decide, at any depth, which ones ids stand for, beside their own."""
    for value in ids.equals.values():
        for each in _stood_for(value):
            yield each.kind
            yield from _depending(each)


def _key(value: object) -> object:
    if isinstance(value, Ids):
        return value.kind, _key(value.equals)
    if isinstance(value, Mapping):
        return tuple((name, _key(each)) for name, each in sorted(value.items()))
    return tuple(map(_key, value)) if isinstance(value, list | tuple) else value

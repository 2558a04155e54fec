"""Many rows of one table, written from plain tuples: each value is made what the driver takes, nothing else is asked.

SQLAlchemy looks every value of every row up by its name, which takes as long as the database does to write it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Executable, Table, bindparam, insert, update
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.types import TypeEngine

_KEY = "written_key"


def insert_rows(
    connection: Connection, table: Table, *, names: Sequence[str], rows: Sequence[Sequence[object]]
) -> None:
    """Insert rows, each of which has the values of the columns named."""
    types = {f"new_{name}": table.c[name].type for name in names}
    values = {name: bindparam(f"new_{name}", type_=table.c[name].type) for name in names}
    _write(connection, insert(table).values(values), types=types, rows=rows)


def update_rows(
    connection: Connection, table: Table, *, names: Sequence[str], rows: Sequence[Sequence[object]]
) -> None:
    """Write values over those of stored rows: each row has those of the columns named, and its id after them."""
    types = {f"new_{name}": table.c[name].type for name in names}
    values = {name: bindparam(f"new_{name}", type_=table.c[name].type) for name in names}
    statement = update(table).where(table.c.id == bindparam(_KEY, type_=table.c.id.type)).values(values)
    _write(connection, statement, types=types | {_KEY: table.c.id.type}, rows=rows)


def _write(
    connection: Connection,
    statement: Executable,
    *,
    types: dict[str, TypeEngine[Any]],
    rows: Sequence[Sequence[object]],
) -> None:
    if not rows:
        return
    dialect = connection.dialect
    compiled = statement.compile(dialect=dialect)  # type: ignore[attr-defined]
    assert isinstance(compiled, SQLCompiler)
    columns: dict[str, Sequence[object]] = {}
    for (name, kind), column in zip(types.items(), zip(*rows, strict=True), strict=True):
        made = kind.dialect_impl(dialect).bind_processor(dialect)
        columns[name] = column if made is None else [made(value) for value in column]
    if compiled.positiontup is not None:
        told: list[Any] = list(zip(*(columns[name] for name in compiled.positiontup), strict=True))
    else:
        told = [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
    connection.exec_driver_sql(str(compiled), told)

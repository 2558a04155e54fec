"""What notes which rows change: triggers, and the table that they write.

Triggers are the database's own. They see what any program writes, a statement that is typed by hand too.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import BigInteger, Column, Connection, Integer, String, Table, UniqueConstraint, inspect

from tsplug.model import Contribution, ExposurePlan, ExposureTemplate, Lease, Profile, Project, Record, Site, Target
from tsplug.store.engines import WRITING
from tsplug.store.tables import METADATA, TABLES

WATCHED: tuple[type[Record], ...] = (
    Site, Profile, Contribution, Project, Target, ExposurePlan, ExposureTemplate, Lease,
)  # fmt: skip
"""The kinds of records whose changes are noted: all that a decision depends on."""

ROW_CHANGE = Table(
    "row_change",
    METADATA,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("kind", String, nullable=False),
    Column("row_id", Integer),
    Column("stamp", BigInteger, nullable=False),
)
"""A line for each row that has other values now, and one without ``row_id`` where rows of a table came or went.

On SQLite ``stamp`` is a random number: a line of a store that went another way is told from the one of the same id. On
PostgreSQL it is the transaction, for lines are not seen in the order of their ids there.
"""

EVERYTHING = "*"
"""The kind of the line that says that anything may have changed."""

FLOOR = "-"
"""The kind of the line, on PostgreSQL alone, whose stamp says of which transactions no line is missing."""

TRIGGERS = "row_change_"
"""How the names of all triggers begin."""

_ENOUGH = 1000
# Lines are removed from time to time. Who looks after a longer while reads everything, which takes milliseconds.


def note_changes(connection: Connection) -> None:
    """Let the database note changes from now on; whoever looks next reads everything.

    Nothing happens in a schema that is older than the table.
    """
    if inspect(connection).has_table(ROW_CHANGE.name):
        for statement in _on_server() if connection.dialect.name == "postgresql" else _on_sqlite():
            connection.exec_driver_sql(statement)


def triggers_of(dialect: str) -> int:
    """Return how many triggers there are on a database of a kind."""
    statements = _on_server() if dialect == "postgresql" else _on_sqlite()
    return sum(each.startswith("CREATE TRIGGER") for each in statements)


def _on_sqlite() -> Iterator[str]:
    """Yield what makes the triggers of a file."""
    line = f"INSERT INTO {ROW_CHANGE.name} (kind, row_id, stamp) VALUES ('{{kind}}', {{row}}, random())"
    for kind in WATCHED:
        table = TABLES[kind]
        same = " AND ".join(f"NEW.{name} IS OLD.{name}" for name in _keys(table))
        for action, row in (("INSERT", "NULL"), ("DELETE", "NULL"), ("UPDATE", f"CASE WHEN {same} THEN NEW.id END")):
            name = f"{TRIGGERS}{table.name}_{action.lower()}"
            yield f"DROP TRIGGER IF EXISTS {name}"
            noted = line.format(kind=table.name, row=row)
            yield f"CREATE TRIGGER {name} AFTER {action} ON {table.name} BEGIN {noted}; END"
    yield f"DROP TRIGGER IF EXISTS {TRIGGERS}pruned"
    yield (
        f"CREATE TRIGGER {TRIGGERS}pruned AFTER INSERT ON {ROW_CHANGE.name} WHEN NEW.id % {_ENOUGH} = 0"
        f" BEGIN DELETE FROM {ROW_CHANGE.name} WHERE id <= NEW.id - {_ENOUGH}; END"
    )
    yield line.format(kind=EVERYTHING, row="NULL")


def _keys(table: Table) -> list[str]:
    """Return the columns that no two rows share: UPDATE OR REPLACE removes who has the new values already."""
    unique = (each for each in table.constraints if isinstance(each, UniqueConstraint))
    return ["id", *sorted({column.name for each in unique for column in each.columns})]


_LINE = f"INSERT INTO {ROW_CHANGE.name} (kind, row_id, stamp) VALUES ({{kind}}, {{row}}, {{stamp}})"
_TRANSACTION = "pg_current_xact_id()::text::bigint"


def _on_server() -> Iterator[str]:
    """Yield what makes the triggers of a database on a server.

    They write as the owner of the tables, whoever may change those. Lines of transactions that all can see are removed
    only by a tsplug that writes, since no two do so at once.
    """
    yield _function("rows", _LINE.format(kind="TG_TABLE_NAME", row="NULL", stamp=_TRANSACTION))
    row = "CASE WHEN NEW.id = OLD.id THEN NEW.id END"
    yield _function("row", _LINE.format(kind="TG_TABLE_NAME", row=row, stamp=_TRANSACTION))
    done = "pg_snapshot_xmin(pg_current_snapshot())::text::bigint"
    yield _function(
        "prune",
        f"IF current_setting('{WRITING}', true) = 'on' THEN"
        f" DELETE FROM {ROW_CHANGE.name} WHERE kind <> '{FLOOR}' AND stamp < {done};"
        f" UPDATE {ROW_CHANGE.name} SET stamp = {done} WHERE kind = '{FLOOR}' AND stamp < {done};"
        " END IF",
    )
    for kind in WATCHED:
        table = TABLES[kind].name
        yield from _trigger(
            f"{table}_rows", f"INSERT OR DELETE OR TRUNCATE ON {table} FOR EACH STATEMENT", function="rows"
        )
        yield from _trigger(f"{table}_row", f"UPDATE ON {table} FOR EACH ROW", function="row")
    often = f"INSERT ON {ROW_CHANGE.name} FOR EACH ROW WHEN (mod(NEW.id, {_ENOUGH}) = 0)"
    yield from _trigger("pruned", often, function="prune")
    there = f"(SELECT 1 FROM {ROW_CHANGE.name} WHERE kind = '{FLOOR}')"
    yield (
        f"INSERT INTO {ROW_CHANGE.name} (kind, row_id, stamp)"
        f" SELECT '{FLOOR}', NULL, {_TRANSACTION} WHERE NOT EXISTS {there}"
    )
    yield _LINE.format(kind=f"'{EVERYTHING}'", row="NULL", stamp=_TRANSACTION)


def _function(name: str, body: str) -> str:
    return (
        f"CREATE OR REPLACE FUNCTION {TRIGGERS}{name}() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER"
        f" SET search_path FROM CURRENT AS 'BEGIN {body.replace(chr(39), chr(39) * 2)}; RETURN NULL; END'"
    )


def _trigger(name: str, when: str, *, function: str) -> Iterator[str]:
    table = when.split(" ON ")[1].split()[0]
    yield f"DROP TRIGGER IF EXISTS {TRIGGERS}{name} ON {table}"
    yield f"CREATE TRIGGER {TRIGGERS}{name} AFTER {when} EXECUTE FUNCTION {TRIGGERS}{function}()"

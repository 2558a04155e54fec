"""The databases of the tests: SQLite, and a private PostgreSQL cluster.

A test that asks for `database` runs once on each. So does one that is marked ``both_databases``: there the stores
of `memory_store` and `stocked_store` are kept.
"""

from __future__ import annotations

import fcntl
import itertools
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import postgres_keeper
import psycopg
import pytest

from tsplug.app import open_store
from tsplug.ports import Clock, Store
from tsplug.testing.store import stores_made_by

LIMIT_S = 480.0
TEMPLATE = "tsplug_template"
KINDS = ("sqlite", "postgresql")


@dataclass
class PostgresCluster:
    """A running cluster in which databases are made and dropped."""

    url: str
    """A superuser's URL of the cluster's own database."""
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    def address(self, name: str) -> str:
        """Return the URL of a database."""
        return self.url.rpartition("/")[0] + f"/{name}"

    def execute(self, statement: str) -> None:
        """Run one statement in the cluster's own database."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(statement.encode())

    def empty(self) -> str:
        """Make an empty database and return its URL."""
        return self._create("template0")

    def ready(self) -> str:
        """Make a database that holds an empty store and return its URL."""
        return self._create(TEMPLATE)

    def drop(self, url: str) -> None:
        """Remove a database, whoever still has it open."""
        self.execute(f'DROP DATABASE IF EXISTS "{url.rpartition("/")[2]}" WITH (FORCE)')

    def _create(self, template: str) -> str:
        name = f"store_{os.getpid()}_{next(self._numbers)}"
        self.execute(f'CREATE DATABASE "{name}" TEMPLATE {template} STRATEGY FILE_COPY')
        return self.address(name)


@dataclass
class Database:
    """Where a test keeps its stores: one kind of database, emptied afterwards."""

    kind: str
    fresh_url: Callable[[], str]
    """Makes a place that holds an empty store, and returns its address."""
    empty_url: Callable[[], str]
    """Makes a place that holds nothing, and returns its address."""
    _opened: list[Store] = field(default_factory=list)

    def open(self, clock: Clock) -> Store:
        """Return an empty store of its own."""
        self._opened.append(open_store(self.fresh_url(), clock))
        return self._opened[-1]

    def close(self) -> None:
        """Close what was opened."""
        for store in self._opened:
            store.close()


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> PostgresCluster:
    """A cluster for all tests of this session, started when the first of them asks for it.

    The workers of one run share it. It goes when the process that started the run ends, however it ends.
    """
    if postgres_keeper.programs() is None:
        pytest.skip("PostgreSQL is not installed: initdb and postgres are not to be found")
    is_worker = "PYTEST_XDIST_WORKER" in os.environ
    folder = tmp_path_factory.getbasetemp().parent if is_worker else tmp_path_factory.mktemp("postgres")
    answer = folder / "postgres.json"
    with (folder / "postgres.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if answer.exists():
            return PostgresCluster(json.loads(answer.read_text(encoding="utf-8"))["url"])
        cluster = PostgresCluster(_started(os.getppid() if is_worker else os.getpid(), answer))
        _make_template(cluster)
        return cluster


def _started(pid: int, answer: Path) -> str:
    """Start the keeper of a cluster and return the cluster's URL."""
    keeper = subprocess.Popen(
        [sys.executable, postgres_keeper.__file__, str(pid), str(answer)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    until = time.monotonic() + LIMIT_S
    while not answer.exists():
        if keeper.poll() is not None or time.monotonic() > until:
            raise RuntimeError(f"no PostgreSQL cluster came up: its keeper ended with {keeper.returncode}")
        time.sleep(0.05)
    told = json.loads(answer.read_text(encoding="utf-8"))
    if "url" not in told:
        raise RuntimeError(f"no PostgreSQL cluster came up: {told['problem']}")
    # The keeper ends after this process; nobody waits for it.
    keeper.returncode = 0
    return str(told["url"])


def _make_template(cluster: PostgresCluster) -> None:
    from tsplug.testing import ManualClock

    cluster.execute(f"CREATE DATABASE {TEMPLATE}")
    open_store(cluster.address(TEMPLATE), ManualClock()).close()
    wait_until_left(cluster.address(TEMPLATE))


def wait_until_left(url: str) -> None:
    """Wait until no session is in a database: the server ends one a while after its program is gone."""
    query = "SELECT count(*) FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid()"
    server, _, name = url.rpartition("/")
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        while connection.execute(query, [name]).fetchall() != [(0,)]:
            time.sleep(0.05)


@contextmanager
def _sqlite_files(folder: Path) -> Iterator[Database]:
    numbers = itertools.count()

    def place() -> str:
        return str(folder / f"store-{next(numbers)}.sqlite")

    database = Database("sqlite", place, place)
    yield database
    database.close()


@contextmanager
def _postgres_databases(cluster: PostgresCluster) -> Iterator[Database]:
    made: list[str] = []

    def keeping(make: Callable[[], str]) -> Callable[[], str]:
        def made_and_kept() -> str:
            made.append(make())
            return made[-1]

        return made_and_kept

    database = Database("postgresql", keeping(cluster.ready), keeping(cluster.empty))
    yield database
    database.close()
    for url in made:
        cluster.drop(url)


@pytest.fixture
def database(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """The kind of database that this run of the test is for."""
    kind = getattr(request, "param", "sqlite")
    if kind == "postgresql":
        with _postgres_databases(request.getfixturevalue("postgres")) as made:
            yield made
    else:
        with _sqlite_files(tmp_path_factory.mktemp("stores")) as made:
            yield made


@pytest.fixture(autouse=True)
def _stores_of_the_kit(request: pytest.FixtureRequest) -> Iterator[None]:
    """Let the kit's stores be on PostgreSQL in the run that is for it; in memory they are SQLite as always."""
    marked = request.node.get_closest_marker("both_databases") is not None
    database = request.getfixturevalue("database") if marked else None
    if database is None or database.kind == "sqlite":
        yield
        return
    with stores_made_by(database.open):
        yield


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run each test that asks for it once per kind of database."""
    if metafunc.definition.get_closest_marker("both_databases") is not None:
        metafunc.fixturenames.append("database")
    if "database" in metafunc.fixturenames:
        metafunc.parametrize("database", KINDS, indirect=True)

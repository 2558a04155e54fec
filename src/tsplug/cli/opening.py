"""The options that all commands share, and what they open: store, clock, profile, context."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

import typer

from tsplug.app import default_store_url, frame_files, open_store, system_clock
from tsplug.cli.output import CommandProgress
from tsplug.errors import DeviceError, InputError, StoreError, StoreUnavailableError
from tsplug.model import Profile, Site
from tsplug.ports import Clock, Devices, FrameFiles, Progress, Store
from tsplug.services.lookup import find_named

IN_MEMORY = ":memory:"
"""The store of a dry run where there is none yet."""

YEARS = range(1950, 2100)
"""The years commands take: a safe part of 1900 to 2100, where the Earth's motion is computed well."""


@dataclass(frozen=True)
class Common:
    """The options of every command."""

    db: Annotated[str, typer.Option(envvar="TSPLUG_DB", help="The store: a database URL or an SQLite file.")] = ""
    profile: Annotated[str, typer.Option(help="The profile: name, id or guid; needed where there are several.")] = ""
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False
    at: Annotated[
        str, typer.Option(metavar="ISO-TIME", help="What stands in for now, with offset; the year from 1950 to 2099.")
    ] = ""

    def clock(self) -> Clock:
        """Return the clock of this machine, or one that stands at ``--at``.

        Raises:
            typer.BadParameter: the time cannot be read or has no offset.
        """
        return StandingClock(parse_moment(self.at, "--at")) if self.at else system_clock()

    @contextmanager
    def store(self, *, create: bool = False) -> Iterator[Store]:
        """Open the store that exists; a missing file is an error, not a new store, unless it may be created.

        A new store in which nothing was kept because the work failed is taken away again.

        Raises:
            InputError: ``--db`` names no file.
            StoreUnavailableError: there is no store, or it cannot be opened.
        """
        url = self.db or default_store_url()
        file = _file_of(url)
        missing = file is not None and not file.exists()
        store = self._opened(url, create=create)
        try:
            yield store
        except BaseException:
            if missing and file is not None and _is_empty(store):
                store.close()
                _remove(file)
            raise
        finally:
            store.close()

    def _opened(self, url: str, *, create: bool) -> Store:
        file = _file_of(url)
        if file is None and _names_no_file(url):
            raise InputError(f"the store {url} names no file; give sqlite:///FILE or a path")
        try:
            missing = file is not None and not file.exists()
            if missing and not create:
                raise StoreUnavailableError(f"no store at {file}: give --db, or begin one: `tsplug site add`")
            if missing and file is not None and not self.db:
                file.parent.mkdir(parents=True, exist_ok=True)
            # A look must not push out the copies that a host made of better times.
            return open_store(url, self.clock(), create=create, keep_copy=create, must_write=create)
        except OSError as error:
            raise StoreUnavailableError(f"the store cannot be opened: {error}; give --db") from error

    def store_url(self) -> str:
        """Return the address of the store as other processes find it, wherever they are started.

        Raises:
            InputError: it is in memory, where no other process finds it.
        """
        url = self.db or default_store_url()
        file = _file_of(url)
        if file is None and (url == IN_MEMORY or _names_no_file(url)):
            raise InputError(f"the store {url} is in memory, where no worker finds it; give --db a file or a server")
        return url if file is None else str(file.absolute())

    @contextmanager
    def context(self) -> Iterator[CommandContext]:
        """Open the store and return the surroundings of a service call."""
        with self.store() as store:
            yield CommandContext(store, self.clock())

    def chosen_profile(self, store: Store) -> Profile:
        """Return the profile that ``--profile`` names, or the only one.

        Raises:
            NotFoundError: there is none of that name, or none at all.
            InputError: there are several and none is named.
        """
        with store.read() as unit:
            if self.profile:
                return find_named(unit, Profile, name=self.profile)
            profiles = unit.list(Profile)
        if len(profiles) == 1:
            return profiles[0]
        names = ", ".join(profile.name for profile in profiles)
        raise InputError(
            f"give --profile, one of: {names}" if profiles else "the store has no profile; run a night first"
        )


@dataclass(frozen=True)
class StandingClock:
    """A clock that stands still at a moment given by the user."""

    moment: datetime

    def now(self) -> datetime:
        """Return the moment."""
        return self.moment

    def sleep(self, seconds: float) -> None:
        """Return at once: nothing waits while time stands still."""


class NoCancellation:
    """Never stops: interrupting a command ends it between transactions."""

    def check(self) -> None:
        """Return at once."""


@dataclass(frozen=True)
class CommandContext:
    """The surroundings of a service called from the command line, where there is no equipment."""

    store: Store
    clock: Clock
    files: FrameFiles = field(default_factory=frame_files)
    progress: Progress = field(default_factory=CommandProgress)
    cancellation: NoCancellation = field(default_factory=NoCancellation)

    @property
    def devices(self) -> Devices:
        """Refuse: a command has no equipment.

        Raises:
            DeviceError: always.
        """
        raise DeviceError("equipment", "the command line drives none; run a sequence in a host")


def store_is_missing(common: Common) -> bool:
    """Return whether the store is a file that is not there yet."""
    file = _file_of(common.db or default_store_url())
    return file is not None and not file.exists()


@contextmanager
def store_if_any(common: Common) -> Iterator[Store | None]:
    """Open the store if there is one: frames on disk need none."""
    if store_is_missing(common):
        yield None
        return
    with common.store() as store:
        yield store


def parse_moment(text: str, option: str, *, or_day: bool = False) -> datetime:
    """Return an ISO 8601 moment with offset, in UTC; ``or_day`` says that a day would have done too.

    Raises:
        typer.BadParameter: it is none, has no offset, or lies in a year that no sky is computed for.
    """
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        day = ", nor a day like 2026-01-15" if or_day else ""
        wrong = f"{text!r} is not a time like 2026-01-15T21:00:00+01:00{day}"
        raise typer.BadParameter(wrong, param_hint=option) from error
    if moment.tzinfo is None:
        raise typer.BadParameter(f"{text!r} needs an offset, like 2026-01-15T21:00:00+01:00", param_hint=option)
    check_year(moment, text, option=option)
    return moment.astimezone(UTC)


def parse_day(text: str, option: str) -> date | None:
    """Return a day like 2026-01-15; None for nothing.

    Raises:
        typer.BadParameter: it is none, or lies in a year that no sky is computed for.
    """
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise typer.BadParameter(f"{text!r} is not a date like 2026-01-15", param_hint=option) from error
    check_year(day, text, option=option)
    return day


def check_year(day: date, text: str, *, option: str) -> None:
    """Refuse a year for which the positions of the sky are not computed.

    Raises:
        typer.BadParameter: it lies outside `YEARS`.
    """
    if day.year not in YEARS:
        raise typer.BadParameter(f"{text!r}: the year must lie within {YEARS[0]} to {YEARS[-1]}", param_hint=option)


def _is_empty(store: Store) -> bool:
    """Return whether a store holds none of what everything else in it belongs to."""
    try:
        with store.read() as unit:
            return not any(unit.count(kind) for kind in (Site, Profile))
    except StoreError:
        return False


def _remove(file: Path) -> None:
    for name in (file.name, f"{file.name}-wal", f"{file.name}-shm"):
        # Where it cannot be removed, an empty store stays: no reason to hide why the work failed.
        with suppress(OSError):
            file.with_name(name).unlink()


def _names_no_file(url: str) -> bool:
    scheme, mark, rest = url.partition("://")
    return bool(mark) and scheme.startswith("sqlite") and rest.partition("?")[0] in ("", "/")


def _file_of(url: str) -> Path | None:
    """Return the SQLite file of a store's address, or None where it is no file."""
    scheme, mark, rest = url.partition("://")
    if not mark:
        return None if url == IN_MEMORY else Path(url)
    name = rest.partition("?")[0].removeprefix("/")
    return Path(name) if scheme.startswith("sqlite") and name not in ("", IN_MEMORY) else None

"""The composition root: the only module that names concrete adapters."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from tsplug.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from pathlib import Path

    from numpy.typing import NDArray

    from tsplug.astrobin.configuration import Lookups
    from tsplug.astrobin.settings_document import Settings as AstrobinSettings
    from tsplug.files.buffers import Buffers
    from tsplug.files.solving.catalogue import CatalogueFacts
    from tsplug.model import FramePlace
    from tsplug.nina.profile import NinaProfile
    from tsplug.ports import (
        ArchiveSink,
        ArchiveSource,
        Clock,
        FrameFiles,
        FrameHeaders,
        FrameStatus,
        PipelineModule,
        PipelineTools,
        PlaceLookups,
        PlateSolver,
        SchedulerSink,
        SchedulerSource,
        SteadyClock,
        Store,
    )


class SystemClock:
    """The real time of this machine."""

    def now(self) -> datetime:
        """Return the present moment, aware and in UTC."""
        return datetime.now(UTC)

    def sleep(self, seconds: float) -> None:
        """Wait for ``seconds``; nothing happens for zero or less."""
        if seconds > 0:
            time.sleep(seconds)

    def monotonic(self) -> float:
        """Return the seconds since some moment in the past, whatever the time of day is set to."""
        return time.monotonic()


def system_clock() -> SteadyClock:
    """Return the clock of this machine, for commands and real equipment."""
    return SystemClock()


def default_store_url() -> str:
    """Return the store that settings name: ``TSPLUG_DB``, else a file in the user's data folder; nothing is made."""
    from tsplug.settings import Settings

    settings = Settings()
    return settings.db or str(settings.data_dir / "tsplug.sqlite")


def open_store(
    url: str, clock: Clock, *, create: bool = True, keep_copy: bool = True, must_write: bool = True
) -> Store:
    """Open the store at a database URL (a plain path is an SQLite file), migrating an older one after a copy.

    Args:
        url: an SQLite file, ``sqlite:///FILE``, or ``postgresql://USER:PASSWORD@HOST/DATABASE``.
        clock: what tells units the time.
        create: make a new store where there is nothing.
        keep_copy: keep a copy of an SQLite store as it was found, the newest three.
        must_write: refuse an SQLite store that cannot be written; it is opened for reading otherwise.

    Raises:
        InputError: the URL is none, or names a database there is no driver for.
        StoreTooNewError: a newer tsplug wrote it; it is left untouched.
        StoreUnavailableError: it cannot be opened or written, or does not exist yet but must.
    """
    from tsplug.store.opening import open_sql_store

    return open_sql_store(url, clock, create=create, keep_copy=keep_copy, must_write=must_write)


def frame_files(*, keep_memory: bool = False) -> FrameFiles:
    """Return what reads FITS and XISF frames, on this machine's disks or at an address in a storage.

    ``keep_memory`` is for who reads many frames of one size and lets go of each before the next: it is quicker.
    """
    from tsplug.files.anywhere import FramesAnywhere
    from tsplug.files.frames import DiskFrames

    return FramesAnywhere(DiskFrames(keep_memory=keep_memory), buffers().claimed)


def frame_headers() -> FrameHeaders:
    """Return what reads the headers of FITS and XISF frames, on disks or in storages, many at a time."""
    from tsplug.files.headers.anywhere import HeadersAnywhere
    from tsplug.files.headers.scanning import HeaderFiles

    return HeadersAnywhere(HeaderFiles())


def buffers() -> Buffers:
    """Return where what is in the making lies, for as long as the process lives that makes it."""
    from tsplug.files.buffers import Buffers
    from tsplug.settings import Settings

    return Buffers(Settings().data_dir / "buffers")


def pipeline_tools(store: Store | None = None, *, clock: Clock | None = None) -> PipelineTools:
    """Return what modules of the image pipeline work with on this machine's disks, by its clock unless one is given."""
    from tsplug.files.headers.remote_writing import HeadersToWrite
    from tsplug.files.headers.writing import DiskHeaders
    from tsplug.files.pictures import DiskPictures
    from tsplug.ports import PipelineTools

    return PipelineTools(
        files=frame_files(),
        headers=frame_headers(),
        pictures=DiskPictures(),
        editor=HeadersToWrite(DiskHeaders(), buffers().claimed),
        clock=clock or system_clock(),
        store=store,
        solvers=plate_solvers(),
    )


def star_catalogue_place() -> Path:
    """Return where the star catalogue of this user lies, or would lie."""
    from tsplug.settings import Settings

    settings = Settings()
    return settings.catalogue or settings.data_dir / "stars.catalogue"


def plate_solvers() -> dict[str, PlateSolver]:
    """Return every plate solver by its name: our own with the catalogue that is installed, and programs of others."""
    from tsplug.files.solving.astap import Astap
    from tsplug.files.solving.catalogue import InstalledCatalogue
    from tsplug.files.solving.solve_field import SolveField
    from tsplug.services.plate_solving import CatalogueMatcher

    matcher = CatalogueMatcher(find=InstalledCatalogue(star_catalogue_place()))
    return {solver.name: solver for solver in (matcher, SolveField(), Astap())}


def scratch_frame(pixels: NDArray[Any]) -> AbstractContextManager[Path]:
    """Return a frame in memory (rows by columns) as a FITS file, for solvers that read files; it goes afterwards."""
    from tsplug.files.solving.frames import scratch_frame as written

    return written(pixels)


def install_star_catalogue(
    source: Path, *, faintest: float | None = None, tell: Callable[[str], None] | None = None
) -> tuple[Path, CatalogueFacts]:
    """Make this user's star catalogue of a file: Tycho-2, a table, a FITS table, or one of tsplug's own.

    Stars are moved to this year's places where the file tells how they move; ``faintest`` leaves fainter ones out.
    ``tell`` is told of rows that hold no star.

    Raises:
        InputError: it cannot be read or holds no stars, or the catalogue cannot be written.
    """
    from tsplug.files.solving.sources import install

    epoch = float(system_clock().now().year)
    place = star_catalogue_place()
    make_folder(place.parent)
    return place, install(source, place, epoch=epoch, faintest=faintest, tell=tell)


def star_catalogue_facts() -> CatalogueFacts | None:
    """Return what the installed star catalogue says of itself; None where none is.

    Raises:
        FileError: it cannot be read.
    """
    from tsplug.files.solving.catalogue import StarCatalogueFile

    place = star_catalogue_place()
    return StarCatalogueFile(place).facts if place.exists() else None


def pipeline_modules() -> tuple[PipelineModule, ...]:
    """Return the modules of the image pipeline in order: the built-in ones, and those that installed packages name.

    One that cannot be loaded is among them, and fails on every frame with the reason.
    """
    from importlib.metadata import entry_points

    from tsplug.ports import MODULE_GROUP
    from tsplug.services.pipeline.choosing import loaded_modules, ordered_modules

    return ordered_modules(loaded_modules(entry_points(group=MODULE_GROUP)))


def read_start(file: Path, length: int) -> bytes | None:
    """Return the first bytes of a file; None where there is none.

    Raises:
        InputError: it is there and cannot be read.
    """
    try:
        with file.open("rb") as stream:
            return stream.read(length)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise InputError(f"{file} cannot be read: {error.strerror or error}") from error


def make_folder(folder: Path) -> None:
    """Make a folder, and those above it, where it is not there.

    Raises:
        InputError: it cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"the folder {folder} cannot be made: {error.strerror or error}") from error


def write_file(file: Path, content: bytes, *, force: bool = False) -> None:
    """Write a file, which appears under its name when it is whole; ``force`` replaces one that is there.

    Raises:
        InputError: it is there, or cannot be written.
    """
    from tsplug.files.placing import placed

    with placed(file, force=force) as place:
        place.write_bytes(content)


def verify_frame(file: FramePlace) -> FrameStatus:
    """Say whether a frame is there and whole, reading all of it and comparing its checksums."""
    from tsplug.files.anywhere import FramesAnywhere
    from tsplug.files.frames import DiskFrames

    return FramesAnywhere(DiskFrames(), buffers().claimed).verify(file)


def open_scheduler_database(file: Path) -> AbstractContextManager[SchedulerSource]:
    """Return what opens a Target Scheduler database for reading, and closes it.

    Raises:
        InputError: on entering: it is none, is damaged or locked, or of a version that is not known.
    """
    from tsplug.files.nina_db.reading import opened

    return opened(file)


def create_scheduler_database(file: Path, *, force: bool = False) -> AbstractContextManager[SchedulerSink]:
    """Return what makes a Target Scheduler database, which appears under its name when all of it is written.

    ``force`` replaces a file that is there.

    Raises:
        InputError: on entering: the file is there, or its folder is not.
    """
    from tsplug.files.nina_db.writing import created

    return created(file, force=force)


def read_nina_profile(file: Path) -> NinaProfile:
    """Return what a N.I.N.A. profile says.

    Raises:
        InputError: it is missing, no profile, cut off, or has a document type.
    """
    from tsplug.files.nina_profile import read_nina_profile as read

    return read(file)


def read_horizon(file: Path, *, form: str = "azDeg_altDeg") -> list[tuple[float, float]]:
    """Return the points of a horizon file: azimuth and altitude in degrees; its lines may have another form.

    Raises:
        InputError: it cannot be read, or is none.
    """
    from tsplug.files.nina_profile import read_horizon as read

    return read(file, form=form)


def find_horizon(profile: Path, path: str) -> Path | None:
    """Return the horizon file that a N.I.N.A. profile names, if this machine has it there or beside the profile."""
    from tsplug.files.nina_profile import find_horizon as find

    return find(profile, path)


def system_time_zone() -> str | None:
    """Return the IANA name of this machine's time zone, where it has one."""
    from zoneinfo import ZoneInfoNotFoundError

    import tzlocal

    try:
        return str(tzlocal.get_localzone_name())
    except (ZoneInfoNotFoundError, LookupError, ValueError):
        return None


def read_text(file: Path, *, wanted: str) -> str:
    """Return the text of a file in any usual encoding; ``wanted`` says in messages what it should be.

    Raises:
        InputError: it is missing, a folder, empty, too large, or no text.
    """
    from tsplug.files.text import read_text as read

    return read(file, wanted=wanted)


def create_profile_archive(file: Path, *, force: bool = False) -> AbstractContextManager[ArchiveSink]:
    """Return what makes an archive of a profile, which appears under its name when all of it is written.

    ``force`` replaces a file that is there.

    Raises:
        InputError: on entering: the file is there, or its folder is not.
    """
    from tsplug.files.profile_zip.writing import created

    return created(file, force=force)


def open_profile_archive(file: Path) -> AbstractContextManager[ArchiveSource]:
    """Return what opens an archive of a profile, and closes it.

    Raises:
        InputError: on entering: it is none, is damaged, unsafe, or of a newer tsplug.
    """
    from tsplug.files.profile_zip.reading import opened

    return opened(file)


def read_astrobin_settings(file: Path) -> AstrobinSettings:
    """Return what a file of settings for the AstroBin export says: our TOML, or the reference tool's config.ini.

    Raises:
        InputError: it is missing, or no such file.
    """
    from tsplug.files.astrobin_settings import read_settings

    return read_settings(file)


def default_settings_folder() -> Path:
    """Return the folder of this user's settings."""
    from tsplug.settings import Settings

    return Settings().data_dir


def place_lookups(lookups: Lookups) -> PlaceLookups:
    """Return what asks the network about places; it asks nothing until it is asked."""
    from tsplug.lookups.places import WebPlaceLookups

    return WebPlaceLookups(
        sky_endpoint=lookups.sky_endpoint,
        sky_key=lookups.sky_key,
        geocoding_endpoint=lookups.geocoding_endpoint,
        email=lookups.email,
        timeout_s=lookups.timeout_s,
    )

"""Finds the settings of the export, writes the first ones, and keeps sites that were looked up."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tsplug.astrobin.configuration import Configuration, KnownSite
from tsplug.astrobin.settings_document import Settings
from tsplug.astrobin.settings_text import TEMPLATE, sites_text
from tsplug.errors import InputError
from tsplug.services.writing import write_text

NAME = "astrobin.toml"
"""What our settings are called."""

NAMES = (NAME, "config.ini")
"""The files that are looked for, in order."""

_SITES = "astrobin_sites.toml"

Read = Callable[[Path], Settings]


@dataclass(frozen=True)
class FoundSettings:
    """Settings in use: the file they stand in (None: there is none), what they say, and what in it cannot be used."""

    file: Path | None
    configuration: Configuration
    notes: tuple[str, ...] = ()


def find_settings(given: Path | None, folders: Sequence[Path], *, read: Read) -> FoundSettings:
    """Return the settings of a given file, else of the first folder that has any, with the sites learnt beside them.

    Args:
        given: the file that the user named, or None.
        folders: where settings are looked for.
        read: reads a file.

    Raises:
        InputError: the file is missing, or holds no settings.
    """
    file = given or settings_file(folders)
    if file is None:
        return FoundSettings(None, Configuration())
    settings = read(file)
    configuration, notes = settings.configuration, list(settings.notes)
    sites = file.parent / _SITES
    if sites.is_file():
        configuration = with_sites(configuration, read(sites).configuration.sites)
    return FoundSettings(file, configuration, tuple(f"{file}: {note}" for note in notes))


def settings_file(folders: Sequence[Path]) -> Path | None:
    """Return the first file of settings in the folders, or None."""
    files = (folder / name for folder in folders for name in NAMES)
    return next((file for file in files if file.is_file()), None)


def write_first_settings(file: Path) -> Path:
    """Write commented settings that change nothing.

    Raises:
        InputError: there are some already, or the name is not that of a TOML file.
        FileError: they cannot be written.
    """
    if file.exists():
        raise InputError(
            f"{file} is there already: edit it, then name folders with frames (tsplug astrobin DIR...) or a target "
            "(--target T)"
        )
    if file.suffix.lower() != ".toml":
        raise InputError(f"{file} would be read as a config.ini; name a file that ends in .toml for new settings")
    return write_text(file, TEMPLATE)


def keep_sites(settings: FoundSettings, learnt: Sequence[KnownSite], *, read: Read) -> Path | None:
    """Add sites to those kept beside the settings; without a file of settings none are kept.

    Raises:
        FileError: the file cannot be written.
    """
    if settings.file is None or not learnt:
        return None
    file = settings.file.parent / _SITES
    kept = read(file).configuration.sites if file.is_file() else ()
    return write_text(file, sites_text((*kept, *learnt)))


def with_sites(configuration: Configuration, sites: Sequence[KnownSite]) -> Configuration:
    """Return settings that know some sites more."""
    return configuration.model_copy(update={"sites": (*configuration.sites, *sites)})

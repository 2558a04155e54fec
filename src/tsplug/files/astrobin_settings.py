"""Reads the settings of the AstroBin export: our TOML, or the reference tool's config.ini as it is."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from configobj import ConfigObj, ConfigObjError

from tsplug.astrobin.settings_document import Settings, SettingsError, from_ini_document, from_toml_document
from tsplug.errors import InputError
from tsplug.files.text import read_text

_WANTED = "settings of tsplug astrobin (.toml) or a config.ini"


def read_settings(file: Path) -> Settings:
    """Return what a file of settings says: TOML by its suffix, else sections as in config.ini.

    Raises:
        InputError: it is missing, no text, or not written as such files are, with line or key.
    """
    text = read_text(file, wanted=_WANTED)
    try:
        if file.suffix.lower() == ".toml":
            return from_toml_document(tomllib.loads(text))
        return from_ini_document(_sections(text))
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{file} is no TOML: {error}") from error
    except ConfigObjError as error:
        lines = "; ".join(str(each) for each in (getattr(error, "errors", None) or [error]))
        raise InputError(f"{file} is no config.ini: {lines}") from error
    except SettingsError as error:
        raise InputError("\n".join(f"{file}: {line}" for line in str(error).splitlines())) from error


def _sections(text: str) -> dict[str, Any]:
    # Percent signs stand for themselves, as in an address.
    parsed: dict[str, Any] = ConfigObj(text.splitlines(), interpolation=False, list_values=True).dict()
    return {str(key).strip().lower(): value for key, value in parsed.items()}

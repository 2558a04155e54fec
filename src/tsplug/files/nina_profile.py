"""Reads N.I.N.A. profiles and horizon files from disk.

XML comes from defusedxml, which refuses document types: no entity is declared, expanded or fetched.
"""

from __future__ import annotations

import re
from pathlib import Path, PureWindowsPath
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from tsplug.errors import InputError
from tsplug.files.text import read_text
from tsplug.nina.profile import NinaProfile, read_profile
from tsplug.nina.profile.horizon import DEGREES, horizon_points

WANTED = "a N.I.N.A. profile (*.profile)"
_DECLARATION = re.compile(r"\s*<\?xml[^>]*\?>")


def read_nina_profile(file: Path) -> NinaProfile:
    """Return what a profile says.

    Raises:
        InputError: it is missing, no profile, cut off, or has a document type.
    """
    try:
        return read_profile(_root(file))
    except InputError as error:
        raise error if str(file) in str(error) else InputError(f"{file}: {error}") from error


def find_horizon(profile: Path, path: str) -> Path | None:
    """Return the horizon file a profile names: at that place, or by its name beside the profile; None without one."""
    if not path:
        return None
    places = (Path(path), profile.parent / PureWindowsPath(path).name)
    try:
        return next((place for place in places if place.is_file()), None)
    except (OSError, ValueError):
        return None


def read_horizon(file: Path, *, form: str = DEGREES) -> list[tuple[float, float]]:
    """Return the points of a horizon file: azimuth and altitude in degrees; its lines may have another form.

    Raises:
        InputError: it cannot be read, or is none.
    """
    text = read_text(file, wanted="a horizon file")
    try:
        return horizon_points(text, form=form)
    except InputError as error:
        raise InputError(f"{file} is no horizon file: {error}") from error


def _root(file: Path) -> Element:
    # What the declaration says of the encoding is wrong once the text has been decoded, and often before.
    text = _DECLARATION.sub("", read_text(file, wanted=WANTED), count=1)
    try:
        return fromstring(text, forbid_dtd=True)
    except DefusedXmlException as error:
        raise InputError(f"{file} has a document type or entities, which no N.I.N.A. profile has: refused") from error
    except (ParseError, ValueError) as error:
        raise InputError(f"{file} is cut off, damaged or no XML ({error}); name {WANTED}") from error

"""Settings of the export as documents: ours in TOML, and the reference tool's config.ini, each to one configuration."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from tsplug.astrobin.aliases import KEYWORDS, MEANINGS
from tsplug.astrobin.configuration import Configuration, Dates
from tsplug.model.wording import problems_of

_PLAIN = (
    "filters",
    "sites",
    "matching",
    "masters",
    "lookups",
    "dates",
    "air",
    "fwhm_per_hfr",
    "site_radius_km",
    "file_pattern",
)
_SITE_KEYS = {"latitude": "latitude_deg", "longitude": "longitude_deg", "bortle": "bortle", "sqm": "sky_quality"}
_NOTHING = {"", "none", "n/a", "-"}
_SWITCH = "USEOBSDATE"
_UNUSED = frozenset({"SITE", "IMAGETYP", "DATE-OBS", "EXPOSURE", "OBJECT", "LOCATION"})
# What a frame has to say itself: a default would invent frames, dates or targets. SITE names a place, not a frame.


@dataclass
class Settings:
    """A configuration, and the lines of a document that could not be used: each is told, none stops the export."""

    configuration: Configuration = field(default_factory=Configuration)
    notes: list[str] = field(default_factory=list)


class SettingsError(ValueError):
    """A document that is no configuration; its text has one line for each thing wrong."""


def from_toml_document(document: Mapping[str, Any]) -> Settings:
    """Return the configuration that a TOML document describes.

    Raises:
        SettingsError: with every key that is unknown or whose value cannot be.
    """
    known = {*_PLAIN, "defaults", "override"}
    unknown = sorted(set(document) - known)
    if unknown:
        accepted = ", ".join(sorted(known))
        raise SettingsError(
            f"unknown {'keys' if len(unknown) > 1 else 'key'} {', '.join(unknown)}; known are {accepted}"
        )
    settings = Settings()
    values = {key: document[key] for key in _PLAIN if key in document}
    values["defaults"] = _defaults(_table(document, "defaults"), settings)
    values["overrides"] = _overrides(_table(document, "override"), settings)
    if settings.notes:
        raise SettingsError("\n".join(settings.notes))
    try:
        return Settings(Configuration.model_validate(values))
    except ValidationError as error:
        raise SettingsError("\n".join(problems_of(error))) from error


def from_ini_document(document: Mapping[str, Any]) -> Settings:
    """Return the configuration that the reference tool's config.ini describes; what cannot be used is noted.

    Sections: [defaults], [filters], [override], [sites] with one subsection a site, [secret] or [secrets].
    """
    settings = Settings()
    defaults = {str(key).upper(): _joined(value) for key, value in _table(document, "defaults").items()}
    values: dict[str, Any] = {
        "filters": dict(_filters(_table(document, "filters"), settings)),
        "defaults": _defaults(defaults, settings, lenient=True),
        "overrides": _overrides(_table(document, "override"), settings),
        "sites": list(_sites(_table(document, "sites"), settings)),
        "lookups": _secrets(_table(document, "secret") | _table(document, "secrets")),
    }
    if _SWITCH in defaults:
        values["dates"] = Dates.UTC if defaults[_SWITCH].strip().casefold() in ("true", "1", "yes") else Dates.NIGHT
    settings.configuration = Configuration.model_validate(values)
    return settings


def _table(document: Mapping[str, Any], name: str) -> dict[str, Any]:
    found = document.get(name, {})
    if not isinstance(found, Mapping):
        raise SettingsError(f"{name} must be a section with keys")
    return dict(found)


def _defaults(table: Mapping[str, Any], settings: Settings, *, lenient: bool = False) -> dict[str, str | float]:
    """Return what stands in where headers are silent, by meaning; keys are keywords or meanings."""
    found: dict[str, str | float] = {}
    for key, raw in table.items():
        name = KEYWORDS.get(key, key)
        if lenient and (key in _UNUSED or name not in MEANINGS or str(raw).strip().casefold() in _NOTHING):
            if key == "SITE" and str(raw).strip():
                found["site_name"] = str(raw).strip()
            continue
        if name not in MEANINGS or name in ("kind", "exposure_s"):
            settings.notes.append(f"defaults: {key} is nothing that a default can stand in for")
            continue
        meaning = MEANINGS[name]
        try:
            value = meaning.value_of(_alias_of(name, key), raw)
        except ValueError as error:
            settings.notes.append(f"defaults: {key} {raw!r} {error}")
            continue
        if value is not None and not (name == "gain" and value == -1):
            found[name] = value
    return found


def _alias_of(name: str, key: str) -> Any:
    aliases = MEANINGS[name].aliases
    return next((alias for alias in aliases if alias.key == key), aliases[0])


def _overrides(table: Mapping[str, Any], settings: Settings) -> dict[str, tuple[str, ...]]:
    """Return which keywords to ask first for a meaning, in the order given."""
    found: dict[str, tuple[str, ...]] = {}
    for key, raw in table.items():
        name = KEYWORDS.get(str(key).upper(), key)
        keys = raw if isinstance(raw, list | tuple) else str(raw).split(",")
        asked = tuple(text for each in keys if (text := str(each).strip().upper()))
        if name not in MEANINGS and name != "started":
            settings.notes.append(f"override: {key} is no keyword that the export reads")
        elif asked:
            found[name] = asked
    return found


def _filters(table: Mapping[str, Any], settings: Settings) -> Iterator[tuple[str, int]]:
    for name, raw in table.items():
        text = _joined(raw).strip()
        if text.isdecimal() and int(text) > 0:
            yield str(name), int(text)
        elif text:
            settings.notes.append(f"filters: {name} = {text!r} is no AstroBin id")


def _sites(table: Mapping[str, Any], settings: Settings) -> Iterator[dict[str, Any]]:
    for name, raw in table.items():
        if not isinstance(raw, Mapping):
            settings.notes.append(f"sites: {name} is no subsection like [[{name}]]")
            continue
        values: dict[str, Any] = {"name": str(name)}
        for key, wanted in _SITE_KEYS.items():
            text = _joined(raw.get(key, "")).strip()
            values |= {wanted: text} if text and not _is_zero(text, wanted) else {}
        try:
            Configuration.model_validate({"sites": [values]})
        except ValidationError as error:
            settings.notes += [f"sites: {name}: {line}" for line in problems_of(error)]
        else:
            yield values


def _is_zero(text: str, wanted: str) -> bool:
    """Return whether a sky is given as 0, which means that it is not known."""
    try:
        return wanted in ("bortle", "sky_quality") and float(text) == 0
    except ValueError:
        return False


def _secrets(table: Mapping[str, Any]) -> dict[str, Any]:
    """Return key and address of the sky brightness service: the first key is the secret, its value the address."""
    found: dict[str, Any] = {}
    for key, raw in table.items():
        value = _joined(raw).strip()
        if str(key).upper() == "EMAIL_ADDRESS":
            found["email"] = value
        elif "sky_key" not in found and value:
            found |= {"sky_key": str(key), "sky_endpoint": value}
    return found


def _joined(value: Any) -> str:
    """Return a value as text; what a comma made a list of is put together again."""
    return ", ".join(str(each) for each in value) if isinstance(value, list | tuple) else str(value)

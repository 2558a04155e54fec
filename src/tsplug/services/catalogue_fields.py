"""What users type about a record, ``KEY=VALUE`` by ``KEY=VALUE``, as values of its fields; pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from tsplug.errors import InputError
from tsplug.grading.checks import METRIC_CHECKS
from tsplug.model import (
    ExposurePlan,
    ExposureTemplate,
    MetricPreferences,
    Profile,
    Project,
    Record,
    Site,
    SkyConstraint,
    Target,
)
from tsplug.model.coordinates import parse_dec_deg, parse_ra_hours
from tsplug.model.preferences import WEATHER_READINGS, WRITTEN_VALUES
from tsplug.model.project import RULE_WEIGHTS
from tsplug.model.wording import plain, problems_of
from tsplug.services.catalogue_values import checked_text, parse_horizon, parse_value, range_words

_FORM = re.compile(r"\s*(?P<key>[A-Za-z_][\w-]*)(?:\.(?P<part>'[^']*'|\"[^\"]*\"|[^=]*))?\s*=(?P<text>.*)", re.DOTALL)
_UNITS = ("s", "deg", "hours", "m", "min", "mm", "um", "px", "percent", "days")
_IDENTITY = "is given by the store"
REFUSED: dict[type[Record], dict[str, str]] = {
    Site: {},
    Profile: {"site_id": "give site=NAME"},
    Project: {"profile_id": "give profile=NAME"},
    Target: {"project_id": "give project=NAME", "smart_turns": "is kept by the planner"},
    ExposureTemplate: {"profile_id": "give profile=NAME"},
    ExposurePlan: {
        "target_id": "give target=NAME",
        "template_id": "give template=NAME",
        "acquired": "counts the images recorded and cannot be edited; `tsplug plan reset` sets it to zero",
    },
}
"""Fields that cannot be given, by kind of record, and why."""

PARENTS: dict[type[Record], dict[str, type[Record]]] = {
    Site: {},
    Profile: {"site": Site},
    Project: {"profile": Profile},
    Target: {"project": Project},
    ExposureTemplate: {"profile": Profile},
    ExposurePlan: {"target": Target, "template": ExposureTemplate},
}
"""What a kind of record belongs to, by the word that names it; the field is the word with ``_id``."""

WORDS: dict[type[Record], tuple[str, ...]] = {Project: ("contributors",), Target: ("override_order",)}
"""Keys whose text names other records, beside the parents."""

_COORDINATES: dict[str, Callable[[str], float]] = {"ra_hours": parse_ra_hours, "dec_deg": parse_dec_deg}
_EXPOSURES = ("exposure_s", "default_exposure_s")
_ALIASES = {"filter": ("filter_name",), "exposure": _EXPOSURES, "seconds": _EXPOSURES}

OWN_PREFERENCES = {
    "guiding_rms": "grader.grade_rms and grader.rms_threshold_px",
    "star_count": "grader.grade_stars and grader.stars_sigma",
    "hfr": "grader.grade_hfr, grader.hfr_sigma, grader.auto_accept_hfr and grader.auto_reject_hfr",
    "fwhm": "grader.grade_fwhm, grader.fwhm_sigma, grader.auto_accept_fwhm and grader.auto_reject_fwhm",
    "eccentricity": "grader.grade_eccentricity, grader.eccentricity_sigma, grader.auto_accept_eccentricity and "
    "grader.auto_reject_eccentricity",
}
"""Where profiles say how frames are graded by the metrics whose tests have files of their own."""


@dataclass
class Given:
    """What was given: values of fields, names of other records as typed, and what is wrong with the rest.

    Values of nested fields are mappings of what was given of them.
    """

    values: dict[str, Any] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    def wrong(self, key: str, message: str) -> None:
        """Note a problem of a field, as one line."""
        self.problems.append(" ".join(f"{key}: {message}".split()))

    def refuse(self) -> None:
        """End here if anything is wrong.

        Raises:
            InputError: all problems, one line each.
        """
        if self.problems:
            raise InputError(";\n".join(self.problems))


def is_assignment(text: str) -> bool:
    """Return whether a text has the form ``KEY=VALUE``."""
    return _FORM.fullmatch(text) is not None


def read_given(kind: type[Record], texts: Sequence[str]) -> Given:
    """Return what ``KEY=VALUE`` texts say about a record of a kind; keys may leave out a field's unit."""
    given = Given()
    seen: set[str] = set()
    for text in texts:
        match = _FORM.fullmatch(text)
        if match is None:
            given.wrong(repr(text), "must be KEY=VALUE")
            continue
        key = _known_key(kind, match["key"].lower().replace("-", "_"), given=given)
        part = None if match["part"] is None else _unquoted(match["part"])
        if key:
            shown = key if part is None else f"{key}.{part}"
            if shown in seen:
                given.wrong(shown, "is given twice")
            seen.add(shown)
            _take(kind, given, said=(key, part, match["text"]))
    return given


def _known_key(kind: type[Record], key: str, *, given: Given) -> str | None:
    named = (*PARENTS[kind], *WORDS.get(kind, ()))
    if key in named:
        return key
    if key in ("id", "guid") or key in REFUSED[kind]:
        given.wrong(key, REFUSED[kind].get(key, _IDENTITY))
        return None
    fields = [name for name in kind.model_fields if name not in ("id", "guid", *REFUSED[kind])]
    for candidate in (key, *_ALIASES.get(key, ()), *(f"{key}_{unit}" for unit in _UNITS)):
        if candidate in fields:
            return candidate
    choice = sorted({*named, *fields})
    near = [name for name in choice if name.startswith(key)] or get_close_matches(key, choice, n=1)
    given.wrong(key, f"unknown; did you mean {near[0]}?" if near else f"unknown; there are {', '.join(choice)}")
    return None


def _take(kind: type[Record], given: Given, *, said: tuple[str, str | None, str]) -> None:
    key, part, text = said
    shown = key if part is None else f"{key}.{part}"
    try:
        if key in PARENTS[kind] or key in WORDS.get(kind, ()):
            given.names[key] = checked_text(text)
        elif part is None:
            given.values[key] = _whole_value(kind, key, text=text)
        else:
            _merge(given.values, key, part=_part_value(kind.model_fields[key], part, text=text))
    except ValueError as error:
        given.wrong(shown, _with_range(str(error), _info_at(kind, (key, part))))


def _whole_value(kind: type[Record], key: str, *, text: str) -> Any:
    if key in _COORDINATES and kind is Target:
        return _COORDINATES[key](text)
    if key == "horizon":
        return parse_horizon(text)
    if key == "filter_cadence" and parse_value(list, text):
        raise ValueError("is kept by the planner; only none clears it")
    value = parse_value(kind.model_fields[key].annotation, text)
    if key == "constraints":
        check_constraints(value)
    return value.strip() if key == "name" else value


def check_constraints(given: Any) -> None:
    """Refuse a constraint that cannot be asked.

    Raises:
        ValueError: it is unknown, refuses its arguments, or fails when it is tried.
    """
    # Imported here: few commands say anything of constraints, and astronomy is slow to import.
    from tsplug.services.sky_constraints import try_constraint

    try:
        for each in given:
            try_constraint(SkyConstraint.model_validate(each))
    except (ValidationError, InputError) as error:
        said = problems_of(error)[0] if isinstance(error, ValidationError) else str(error)
        raise ValueError(said) from error


def _part_value(info: FieldInfo, part: str, *, text: str) -> dict[str, Any]:
    nested = info.annotation
    if isinstance(nested, type) and issubclass(nested, BaseModel):
        part, _, rest = part.lower().replace("-", "_").partition(".")
        named = nested.model_fields[_one_of(part, nested.model_fields)]
        return {part: _part_value(named, rest, text=text) if rest else parse_value(named.annotation, text)}
    read = _ENTRIES.get(nested)
    if read is None:
        raise ValueError("has no parts")
    return read(part, text)


def _metric_entry(part: str, text: str) -> dict[str, Any]:
    metric, _, rest = part.partition(".")
    if metric in OWN_PREFERENCES:
        raise ValueError(f"has preferences of its own: {OWN_PREFERENCES[metric]}")
    fields = MetricPreferences.model_fields
    wanted = fields[_one_of(rest, fields)]
    return {_one_of(metric, METRIC_CHECKS): {rest: parse_value(wanted.annotation, text)}}


def known_weights() -> dict[str, float]:
    """Return the default weight of every scoring rule that a project can weigh, those of installed packages too."""
    # Imported here: few commands say anything of weights, and arrays are slow to import.
    from tsplug.services.scoring_rules import installed_rules

    return {name: rule.default_weight for name, rule in installed_rules().rules.items()} | RULE_WEIGHTS


def _weight_entry(part: str, text: str) -> dict[str, Any]:
    known = known_weights()
    name = _rule_name(part, known)
    return {name: known[name] if text.strip().lower() == "none" else parse_value(float, text)}


def _keyword_entry(part: str, text: str) -> dict[str, Any]:
    # An empty keyword leaves a value out; `none` brings the usual keyword back.
    keyword = text.strip()
    return {_one_of(part, sorted(WRITTEN_VALUES)): None if keyword.lower() == "none" else keyword}


_ENTRIES: Mapping[Any, Callable[[str, str], dict[str, Any]]] = {
    dict[str, MetricPreferences]: _metric_entry,
    dict[str, float]: _weight_entry,
    dict[str, float | None]: lambda part, text: {_one_of(part, WEATHER_READINGS): parse_value(float | None, text)},
    dict[str, int]: lambda part, text: {part: parse_value(int | None, text)},
    dict[str, bool]: lambda part, text: {part: parse_value(bool | None, text)},
    dict[str, str]: _keyword_entry,
}
"""How an entry of a mapping is read, by the mapping's type; None takes an entry out."""


def _one_of(word: str, known: Iterable[str]) -> str:
    if word in known:
        return word
    near = get_close_matches(word, known, n=1)
    raise ValueError(f"unknown; did you mean {near[0]}?" if near else f"unknown; there are {', '.join(known)}")


def _rule_name(part: str, known: Iterable[str]) -> str:
    for name in known:
        if _letters(name) == _letters(part):
            return name
    raise ValueError(f"unknown; there are {', '.join(known)}")


def _letters(name: str) -> str:
    return "".join(letter for letter in name.casefold() if letter.isalnum())


def _merge(values: dict[str, Any], key: str, *, part: Mapping[str, Any]) -> None:
    whole = values.get(key)
    values[key] = dict(whole) if isinstance(whole, Mapping) else {}
    for name, value in part.items():
        if isinstance(value, Mapping):
            _merge(values[key], name, part=value)
        else:
            values[key][name] = value


def _unquoted(part: str) -> str:
    return part[1:-1] if len(part) > 1 and part[0] == part[-1] and part[0] in "'\"" else part.strip()


def _info_at(kind: type[BaseModel], steps: Sequence[str | int | None]) -> FieldInfo | None:
    """Return the declaration of a field or of a part of it."""
    info: FieldInfo | None = None
    scope: Any = kind
    for step in steps:
        if not (isinstance(scope, type) and issubclass(scope, BaseModel) and step in scope.model_fields):
            break
        info = scope.model_fields[str(step)]
        scope = info.annotation
    return info


_NO_NUMBER = {"float_parsing": "number", "int_parsing": "whole number"}


def said_of(kind: type[Record], steps: Sequence[str | int], *, problem: Mapping[str, Any]) -> str:
    """Return a problem of validation in words: what the field must be, and what it is."""
    if problem["type"] == "missing":
        info = _info_at(kind, steps)
        return _with_range("is missing", info)
    info = _info_at(kind, steps)
    bounds = range_words(info) if info is not None else ""
    if bounds and problem["type"] in ("greater_than", "greater_than_equal", "less_than", "less_than_equal"):
        found = problem["input"]
        return f"must be {bounds}, not {found:.10g}" if isinstance(found, float) else f"must be {bounds}, not {found}"
    if problem["type"] == "string_too_short":
        return "must not be empty"
    if problem["type"] in _NO_NUMBER:
        return f"must be a {_NO_NUMBER[problem['type']]}, not {problem['input']!r}"
    return plain(str(problem["msg"]))


def _with_range(message: str, info: FieldInfo | None) -> str:
    bounds = range_words(info) if info is not None else ""
    return f"{message} ({bounds})" if bounds and "within" not in message else message

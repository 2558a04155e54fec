"""Sets of criteria as documents: what a YAML file and ``KEY=VALUE`` say, and what is wrong with it; pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import Any

import yaml
from pydantic import ValidationError

from tsplug.errors import InputError
from tsplug.grading.criteria import Criteria
from tsplug.grading.criteria_checks import problems_of
from tsplug.metrics import METRICS
from tsplug.model import CriteriaRow, CriteriaSet, Record, Trend
from tsplug.services.catalogue_fields import said_of

Document = dict[str, Any]

SET_FIELDS = tuple(name for name in CriteriaSet.model_fields if name not in ("id", "guid"))
ROW_FIELDS = tuple(name for name in CriteriaRow.model_fields if name not in ("id", "set_id", "metric"))
DEFAULT_WEIGHTS = {
    "hfr": 0.25,
    "star_count": 0.20,
    "guiding_rms": 0.15,
    "altitude": 0.08,
    "sky_quality": 0.07,
    "wind_speed": 0.05,
    "cloud_cover": 0.04,
}
"""The seven rows of the default set (spec/peers AM-C5); their limits stand in the metrics' files."""

_TRENDS = {
    "lower": Trend.LOWER_IS_BETTER,
    "higher": Trend.HIGHER_IS_BETTER,
    **{trend.value: trend for trend in Trend},
}
_NOTHING = ("", "none", "null")
_WEIGHING = {"weight": 1.0, "enabled": True, "deviation": False, "allowed_percent": 20.0, "gate": None}
_NO_TREND = "must be lower or higher"
_ROWS = "must be a mapping of metrics to their fields"


def default_document(name: str) -> Document:
    """Return the default set under a name."""
    return {"name": name, "rows": {metric: {"weight": weight} for metric, weight in DEFAULT_WEIGHTS.items()}}


def document_of(criteria: Criteria) -> Document:
    """Return a set as the document that makes it again."""
    whole = criteria.set.model_dump(mode="json", include=set(SET_FIELDS))
    rows = {row.metric: row.model_dump(mode="json", include=set(ROW_FIELDS)) for row in criteria.rows}
    return {name: whole[name] for name in SET_FIELDS} | {
        "rows": {metric: {name: row[name] for name in ROW_FIELDS} for metric, row in rows.items()}
    }


def yaml_of(criteria: Criteria) -> str:
    """Return a set as the YAML that makes it again; what stands at its default is left out."""
    document = document_of(criteria)
    whole = {name: value for name, value in document.items() if name != "rows" and value not in ("", 0.0)}
    rows = {metric: _told(row) for metric, row in document["rows"].items()}
    return yaml.safe_dump(whole | {"rows": rows}, sort_keys=False, allow_unicode=True)


def parse_yaml(text: str, *, source: str) -> Document:
    """Return the document in a YAML text.

    Raises:
        InputError: it is no YAML, no mapping, or says something twice, of which the last would win.
    """
    try:
        twice = list(_given_twice(yaml.compose(text, Loader=yaml.SafeLoader)))
        document = yaml.safe_load(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f" line {mark.line + 1}:" if mark else ""
        raise InputError(f"{source}:{where} no YAML: {getattr(error, 'problem', error)}") from error
    if twice:
        raise InputError(";\n".join(f"{source}: {each}" for each in twice))
    if not isinstance(document, dict):
        raise InputError(
            f"{source} holds no set of criteria; `tsplug criteria show NAME --yaml` shows what one is like"
        )
    return document


def criteria_of(document: Mapping[Any, Any], *, source: str = "") -> Criteria:
    """Return the set that a document describes; what a row leaves out has the default of its metric.

    Raises:
        InputError: all problems, one line each, by row and field.
    """
    reading = _Reading(document)
    criteria = reading.criteria()
    # What could not be read has no contradictions, nor may what was put in its place be blamed for any.
    contradictions = [(where, text) for where, text in problems_of(criteria) if where not in reading.unread]
    problems = [*reading.problems, *(f"{where}: {text}" for where, text in contradictions)]
    if problems:
        raise InputError(";\n".join(f"{source}: {line}" if source else line for line in problems))
    return criteria


def edited(document: Document, assignments: Sequence[str]) -> Document:
    """Return a document with ``KEY=VALUE`` texts applied: fields of the set, ``METRIC.FIELD``, ``METRIC=none``.

    Raises:
        InputError: a text is no assignment, or none makes sense; or the document's rows are none, or a metric has two.
    """
    found = _rows_of(document)
    if found is None:
        raise InputError(f"rows: {_ROWS}")
    twice = [metric for metric, number in Counter(metric for metric, _ in found).items() if number > 1]
    if twice:
        # One of them would be lost here, and with it what is wrong with it.
        raise InputError(";\n".join(f"{metric}: has more than one row; one is enough" for metric in twice))
    changed: Document = {**document, "rows": dict(found)}
    problems: list[str] = []
    for text in assignments:
        key, mark, value = text.partition("=")
        key = key.strip().lower().replace("-", "_")
        metric, dot, field = key.partition(".")
        if not mark:
            problems.append(f"{text!r}: must be KEY=VALUE")
        elif dot:
            row = changed["rows"].get(metric)
            # What is no row stays, for whoever reads the whole to complain of.
            changed["rows"][metric] = {**(row or {}), field: _scalar(value)} if _is_row(row) else row
        elif metric in METRICS:
            problems += _drop_row(changed["rows"], metric, value=value)
        else:
            changed[key] = value if key in ("name", "description") else _scalar(value)
    if problems:
        raise InputError(";\n".join(problems))
    return changed


def _given_twice(node: yaml.Node | None) -> Iterator[str]:
    """Yield what a mapping in a YAML text says more than once, by line."""
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            if str(key.value) in seen:
                yield f"line {key.start_mark.line + 1}: {key.value} is given twice"
            seen.add(str(key.value))
            yield from _given_twice(value)
    elif isinstance(node, yaml.SequenceNode):
        for each in node.value:
            yield from _given_twice(each)


def _rows_of(document: Mapping[Any, Any]) -> list[tuple[str, Any]] | None:
    """Return a document's rows by metric, given as a mapping or as a list; None where they are neither."""
    rows = document.get("rows")
    if isinstance(rows, Mapping):
        return [(str(metric), row) for metric, row in rows.items()]
    if isinstance(rows, list) and all(isinstance(row, Mapping) and "metric" in row for row in rows):
        return [(str(row["metric"]), {key: row[key] for key in row if key != "metric"}) for row in rows]
    return None


def _is_row(given: Any) -> bool:
    return given is None or isinstance(given, Mapping)


def _drop_row(rows: dict[str, Any], metric: str, *, value: str) -> list[str]:
    if value.strip().lower() not in _NOTHING:
        return [f"{metric}: give {metric}.FIELD=VALUE, or {metric}=none to take the row away"]
    if metric not in rows:
        return [f"{metric}: has no row to take away"]
    del rows[metric]
    return []


def _scalar(text: str) -> Any:
    try:
        value = yaml.safe_load(text)
    except yaml.YAMLError:
        return text
    return value if isinstance(value, int | float | bool | None) else text


def _told(row: Mapping[str, Any]) -> dict[str, Any]:
    silent = {"enabled": True, "deviation": False, "gate": None}
    shown = {name: value for name, value in row.items() if name not in silent or value != silent[name]}
    if not row["deviation"]:
        del shown["allowed_percent"]
    return shown


class _Reading:
    """Reads a document field by field and keeps what is wrong, and which fields could not be read."""

    def __init__(self, document: Mapping[Any, Any]) -> None:
        self._document = document
        self.problems: list[str] = []
        self.unread: set[str] = set()

    def criteria(self) -> Criteria:
        whole = {str(key): value for key, value in self._document.items() if key != "rows"}
        self._known(whole, SET_FIELDS, where="")
        made = self._made(CriteriaSet, whole, where="")
        if made is None:
            self.unread.update(SET_FIELDS)
        rows = [self._row(metric, row) for metric, row in self._rows()]
        name = made.name if isinstance(made, CriteriaSet) else ""
        if isinstance(made, CriteriaSet) and (not name.strip() or "\n" in name):
            self.problems.append("name: must be one line that is not empty")
        fine = made if isinstance(made, CriteriaSet) else CriteriaSet(name="-")
        return Criteria(fine, tuple(row for row in rows if row is not None))

    def _rows(self) -> list[tuple[str, Any]]:
        rows = _rows_of(self._document)
        if rows is None:
            self.problems.append(f"rows: {_ROWS}")
        return rows or []

    def _row(self, metric: str, given: Any) -> CriteriaRow | None:
        known = METRICS.get(metric)
        if known is None or not _is_row(given):
            self.unread.add("rows")
            self.problems.append(f"{metric}: {_no_metric(metric) if known is None else _no_row(given)}")
            return None
        fields = {str(key): value for key, value in (given or {}).items()}
        self._known(fields, ROW_FIELDS, where=f"{metric}.")
        if isinstance(fields.get("trend"), str):
            fields["trend"] = _TRENDS.get(fields["trend"].strip().lower(), fields["trend"])
        if known.better is not None:
            fields.setdefault("trend", _TRENDS[known.better])
        if known.good is not None:
            fields.setdefault("good", known.good)
        if known.bad is not None:
            fields.setdefault("bad", known.bad)
        return self._made_row(metric, fields)

    def _made_row(self, metric: str, fields: Mapping[str, Any]) -> CriteriaRow | None:
        """Return a row; what only weighs it may be wrong, so that the rest is looked at all the same."""
        whole = {**fields, "metric": metric, "set_id": 0}
        wrong: list[str] = []
        made = self._made(CriteriaRow, whole, where=f"{metric}.", wrong=wrong)
        if made is None:
            self.unread.add("rows")
            if not {"good", "bad", "trend"} & set(wrong):
                self.unread.update(f"{metric}.{name}" for name in wrong)
                made = CriteriaRow.model_validate({**whole, **{name: _WEIGHING[name] for name in wrong}})
        return made if isinstance(made, CriteriaRow) else None

    def _known(self, fields: dict[str, Any], names: Sequence[str], *, where: str) -> None:
        for key in [key for key in fields if key not in names]:
            near = get_close_matches(key, names, n=1)
            there = f"did you mean {where}{near[0]}?" if near else f"there are: {', '.join(names)}"
            self.problems.append(f"{where}{key}: unknown; {there}")
            del fields[key]

    def _made(
        self, kind: type[Record], fields: Mapping[str, Any], *, where: str, wrong: list[str] | None = None
    ) -> Record | None:
        """Return the record, or None; ``wrong`` gets the names of the fields that it cannot be made of."""
        found = {name: f"must be a number, not {str(fields[name]).lower()}" for name in _truths(kind, fields)}
        try:
            made = kind.model_validate({**fields, **dict.fromkeys(found, 1)})
        except ValidationError as error:
            made = None
            for problem in error.errors(include_url=False):
                name = str(problem["loc"][0])
                bad_trend = name == "trend" and name in fields
                said = _NO_TREND if bad_trend else said_of(kind, problem["loc"], problem=problem)
                found.setdefault(name, said)
        self.problems += [f"{where}{name}: {said}" for name, said in found.items()]
        if wrong is not None:
            wrong += found
        return None if found else made


def _no_metric(name: str) -> str:
    near = get_close_matches(name, METRICS, n=1)
    return f"is no metric; {f'did you mean {near[0]}?' if near else 'there are: ' + ', '.join(METRICS)}"


def _no_row(given: Any) -> str:
    return f"must be a mapping of fields, not {given!r}"


def _truths(kind: type[Record], fields: Mapping[str, Any]) -> list[str]:
    """Return the names of fields that hold yes or no where a number belongs: 1 or 0 would be taken for them."""
    return [
        name
        for name, value in fields.items()
        if isinstance(value, bool) and kind.model_fields[name].annotation in (int, float, float | None)
    ]

"""Numbers that may be absent, in every model of a configuration file or a sequence."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, get_args

import pytest
from pydantic import BaseModel, ValidationError

from hostsim.alpaca.configuration import ServiceConfig
from hostsim.sequence.document import Sequence


def models_in(annotation: Any, seen: set[Any]) -> Iterator[type[BaseModel]]:
    """Return every model that a type is made of, each once."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        if annotation in seen:
            return
        seen.add(annotation)
        yield annotation
        for field in annotation.model_fields.values():
            yield from models_in(field.annotation, seen)
    for each in get_args(annotation):
        yield from models_in(each, seen)


def optional_numbers() -> Iterator[tuple[type[BaseModel], str]]:
    """Return model and name of every field that is a number or nothing."""
    seen: set[Any] = set()
    for root in (ServiceConfig, Sequence):
        for model in models_in(root, seen):
            for name, field in model.model_fields.items():
                kinds = get_args(field.annotation)
                if type(None) in kinds and {int, float} & set(kinds):
                    yield model, name


NEEDED: dict[str, Any] = {
    "by_s": 1,
    "count": 3,
    "dec_deg": 1,
    "device": "camera",
    "exposure_s": 1,
    "name": "Dew heater",
    "ra_hours": 1,
    "run": [{"type": "park"}],
    "target": "M 42",
    "to": 0.5,
}
FOUND = sorted(optional_numbers(), key=str)


@pytest.mark.parametrize(("model", "name"), FOUND, ids=[f"{model.__name__}.{name}" for model, name in FOUND])
def test_false_is_never_a_zero(model: type[BaseModel], name: str) -> None:
    """Where a number may be absent, `false` says so or is refused; it never is the number 0."""
    needed = {key: NEEDED[key] for key, field in model.model_fields.items() if field.is_required()}
    try:
        taken = getattr(model.model_validate(needed | {name: False}), name)
    except ValidationError as error:
        taken = None
        wrong = {each["loc"][0] for each in error.errors()}
    else:
        wrong = {name}
    assert taken is None
    assert wrong == {name}

from __future__ import annotations

import pytest

from tsplug.errors import AmbiguousNameError, NotFoundError
from tsplug.model import ExposurePlan, Project, Target
from tsplug.services.lookup import find_filter, find_named
from tsplug.testing import stocked_store, store_light
from tsplug.testing.clock import START

pytestmark = pytest.mark.both_databases


@pytest.mark.parametrize("name", ["M 81", "m 81", "3"])
def test_a_name_in_any_case_or_an_id_finds(name: str) -> None:
    """A target is found by its name, whatever the capitals, and by its id."""
    with stocked_store().read() as unit:
        target = find_named(unit, Target, name=name)
        assert target.name == "M 81"
        assert find_named(unit, Target, name=target.guid) == target


def test_several_of_a_name_need_an_id() -> None:
    """Two targets of one name are an error that lists their ids."""
    store = stocked_store()
    with store.write() as unit:
        project = unit.list(Project)[0]
        twin = unit.add(Target(project_id=project.id or 0, name="M 81", ra_hours=1, dec_deg=1))
    with store.read() as unit, pytest.raises(AmbiguousNameError, match=f"use an id, one of 3, {twin.id}"):
        find_named(unit, Target, name="M 81")


@pytest.mark.parametrize(
    ("kind", "text"), [(Target, "no target 'x' .*M 42, Rosette, M 81"), (ExposurePlan, "no plan 'x'")]
)
def test_what_is_not_there_is_told(kind: type[Target] | type[ExposurePlan], text: str) -> None:
    """An unknown name is an error that tells the names there are."""
    with stocked_store().read() as unit, pytest.raises(NotFoundError, match=text):
        find_named(unit, kind, name="x")


def test_a_filter_is_one_that_somebody_has() -> None:
    """A wheel's, capitals ignored, or one that only an old image was taken through; a misspelt one is an error."""
    store = stocked_store()
    light = store_light(store, "M 42", filter_name="L", started=START)
    with store.write() as unit:
        unit.update(light.model_copy(update={"filter_name": "OIII 3nm"}))
    with store.read() as unit:
        assert [find_filter(unit, name) for name in ("Ha", "ha", "OIII 3nm")] == ["Ha", "Ha", "OIII 3nm"]
        with pytest.raises(NotFoundError, match="no filter 'Hα' is in a wheel, a template or an image; there are: B, "):
            find_filter(unit, "Hα")

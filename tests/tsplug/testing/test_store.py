from __future__ import annotations

from tsplug.model import Project, Site
from tsplug.testing import ManualClock, first_catalogue, memory_store, stocked_store, stores_made_by


def test_stores_in_memory_are_separate() -> None:
    """Each store in memory is its own, and empty."""
    first, second = memory_store(), memory_store()
    with first.write() as unit:
        unit.add(Site(name="A", latitude_deg=1, longitude_deg=1))
    with second.read() as unit:
        assert unit.list(Site) == []


def test_stores_can_be_of_another_make() -> None:
    """Within the block every store of the kit is the maker's, and afterwards in memory again."""
    made = memory_store()
    with stores_made_by(lambda clock: made):
        assert memory_store(ManualClock()) is made
        assert stocked_store() is made
    assert memory_store() is not made


def test_stocked_store_holds_the_document() -> None:
    """A stocked store holds the first catalogue, or the one it is given."""
    document = first_catalogue()
    document["projects"] = document["projects"][:1]
    for store, names in ((stocked_store(), ["Nebulae", "Galaxies"]), (stocked_store(document=document), ["Nebulae"])):
        with store.read() as unit:
            assert [project.name for project in unit.list(Project)] == names


def test_document_is_fresh_at_every_call() -> None:
    """A test may change the first catalogue without changing another's."""
    first_catalogue()["projects"].clear()
    assert len(first_catalogue()["projects"]) == 2

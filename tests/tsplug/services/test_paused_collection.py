"""The search for circles of references goes on as it was, whatever happened while it was paused."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from tsplug.services.paused_collection import collection_paused


@pytest.fixture(autouse=True)
def _as_it_was() -> Iterator[None]:
    was_on = gc.isenabled()
    yield
    (gc.enable if was_on else gc.disable)()


@pytest.mark.parametrize("was_on", [True, False])
def test_it_goes_on_where_it_was_on(was_on: bool) -> None:
    """Who switched it off finds it off."""
    (gc.enable if was_on else gc.disable)()
    with collection_paused():
        assert not gc.isenabled()
    assert gc.isenabled() is was_on


def test_it_goes_on_after_a_failure() -> None:
    """A batch that fails leaves it on."""
    gc.enable()
    with pytest.raises(ValueError, match="failed"), collection_paused():
        raise ValueError("failed")
    assert gc.isenabled()

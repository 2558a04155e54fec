from __future__ import annotations

import pytest

from tsplug.errors import NotFoundError
from tsplug.model import Profile
from tsplug.services.rigs import load_rig
from tsplug.testing import stocked_store

pytestmark = pytest.mark.both_databases


def test_a_rig_is_a_profile_with_its_site() -> None:
    """A profile is found by its guid, with the site it stands at."""
    with stocked_store().read() as unit:
        rig = load_rig(unit, unit.list(Profile)[0].guid)
    assert (rig.profile.name, rig.site.name) == ("Refractor", "Sternwarte")


def test_an_unknown_profile_is_named_with_what_to_do() -> None:
    """The message names the guid and the command that lists profiles."""
    with stocked_store().read() as unit, pytest.raises(NotFoundError, match="nobody; list them with: tsplug profile"):
        load_rig(unit, "nobody")

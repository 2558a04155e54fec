"""What is owed after runs that never came to their end, and how it is forgotten."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tsplug.errors import InputError
from tsplug.model import Profile
from tsplug.services.flats_owed import KINDS, forget_owed, owed
from tsplug.services.flats_panel import settle_panel
from tsplug.testing import Killed

if TYPE_CHECKING:
    from conftest import FlatsRig

pytestmark = pytest.mark.both_databases


@pytest.fixture
def killed(flats_rig: FlatsRig) -> FlatsRig:
    """Return a rig whose run was killed amid a set in another readout mode."""
    flats_rig.light_two_sets()
    flats_rig.devices.log.fail("frames.take", on_call=2, error=Killed())
    with pytest.raises(Killed):
        flats_rig.run()
    flats_rig.devices.log.revive()
    return flats_rig


def profile(rig: FlatsRig) -> Profile:
    """Return the rig's profile."""
    (found,) = rig.all(Profile)
    assert isinstance(found, Profile)
    return found


def test_what_is_owed_is_told_until_the_next_start(killed: FlatsRig) -> None:
    """Panel and readout mode are told with what the next start does about them, and then no more."""
    rows = owed(killed.store, profile(killed))
    assert [(row["what"], row["then"], row["mode"]) for row in rows] == [
        ("panel", "is switched off", None),
        ("readout-mode", "readout mode 0 is restored", 0),
    ]
    settle_panel(killed.profile_guid, killed.context)
    assert owed(killed.store, profile(killed)) == []


def test_a_mode_that_no_camera_has_any_more_is_forgotten(killed: FlatsRig) -> None:
    """Each kind is forgotten by itself; what is not owed cannot be forgotten."""
    rows = forget_owed(killed.store, profile(killed), kinds=["readout-mode"])
    assert [row["what"] for row in rows] == ["readout-mode"]
    assert [row["what"] for row in owed(killed.store, profile(killed))] == ["panel"]
    with pytest.raises(InputError, match="owes nothing of readout-mode"):
        forget_owed(killed.store, profile(killed), kinds=["readout-mode"])
    assert "readout mode" not in settle_panel(killed.profile_guid, killed.context)
    with pytest.raises(InputError):
        forget_owed(killed.store, profile(killed), kinds=KINDS)

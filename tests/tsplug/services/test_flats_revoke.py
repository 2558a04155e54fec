"""Revoked flats: kept, with the reason, and of no more use."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tsplug.errors import InputError, NotFoundError
from tsplug.model import FlatHistory, FlatSet, FlatSetFile, FlatSetState, Profile, Target
from tsplug.services.doctor import examine
from tsplug.services.flats_due import flats_due
from tsplug.services.flats_history import flat_history
from tsplug.services.flats_revoke import revoke_flats

if TYPE_CHECKING:
    from conftest import FlatsRig

pytestmark = pytest.mark.both_databases


def due_targets(rig: FlatsRig) -> list[str]:
    """Return the targets whose flats are due."""
    return [due.target_name for due in flats_due(rig.profile_guid, rig.context) if due.due]


@pytest.fixture
def taken(flats_rig: FlatsRig) -> FlatsRig:
    """Return a rig that has taken one set for two targets."""
    flats_rig.light("M 42", "L")
    flats_rig.light("M 81", "L")
    flats_rig.run()
    return flats_rig


@pytest.mark.parametrize("by", ["id", "guid"])
def test_the_sessions_of_a_revoked_set_are_due_again(taken: FlatsRig, by: str) -> None:
    """All sessions that a set served are outstanding again; the set, its reason and its files stay."""
    name = str(getattr(taken.all(FlatSet)[0], by))
    row = revoke_flats(taken.context, name, why=" dew on \n the panel ")
    assert (row["state"], row["message"], len(row["files"])) == ("revoked", "dew on the panel", 3)
    assert [session["revoked_at"] for session in row["sessions"]] == [taken.clock.now().isoformat()] * 2
    assert due_targets(taken) == ["M 42", "M 81"]
    assert all(Path(file.file).exists() for file in taken.all(FlatSetFile))
    problems = examine(taken.store, taken.context.files).problems
    assert [each for each in problems if "flat" in each.subject] == []
    assert len(taken.run().taken) == 1
    assert [row["state"] for row in flat_history(taken.context)] == ["complete", "revoked"]
    assert due_targets(taken) == []


def test_a_reason_never_meets_another_set(taken: FlatsRig) -> None:
    """The id of a set that is gone is not given to a new one, so what is said of it is said of no other."""
    with taken.store.write() as unit:
        gone = unit.list(FlatSet)[0]
        unit.delete_all(FlatHistory)
        unit.delete(gone)
    taken.run()
    with pytest.raises(NotFoundError, match="no flat set '1'"):
        revoke_flats(taken.context, "1", why="dust")
    assert [item.state for item in taken.all(FlatSet)] == [FlatSetState.COMPLETE]


def test_what_cannot_be_revoked_is_refused(taken: FlatsRig) -> None:
    """A set is revoked once, for a reason, not while it is being taken, and only where it is known."""
    for name, why, wrong in (
        ("1", " ", "say why"),
        ("2", "dust", "no flat set '2'"),
        ("elsewhere-1", "dust", "no flat set"),
        ("-1", "dust", "no flat set"),
        ("9" * 40, "dust", "no flat set"),
    ):
        with pytest.raises(InputError, match=wrong):
            revoke_flats(taken.context, name, why=why)
    other = Profile(id=99, name="Other")
    with pytest.raises(NotFoundError, match="of profile 'Other'"):
        revoke_flats(taken.context, "1", why="dust", profile=other)
    taken.change(FlatSet, state=FlatSetState.RUNNING)
    with pytest.raises(InputError, match="is being taken"):
        revoke_flats(taken.context, "1", why="dust")
    taken.change(FlatSet, state=FlatSetState.COMPLETE)
    revoke_flats(taken.context, "1", why="dust")
    with pytest.raises(InputError, match="revoked before: dust"):
        revoke_flats(taken.context, "1", why="dust")


def test_flats_taken_elsewhere_are_revoked_by_their_own_name(flats_rig: FlatsRig) -> None:
    """Flats that another program took have no set here; the history names them, and they can be revoked too."""
    flats_rig.light("M 42", "L")
    with flats_rig.store.write() as unit:
        for target in unit.list(Target):
            unit.add(
                FlatHistory(
                    profile_id=1,
                    target_id=target.id or 0,
                    target_name=target.name,
                    project_name="P",
                    session_date=date(2026, 1, 15),
                    session_id=0,
                    filter_name="L",
                    gain=100,
                    offset=30,
                    readout_mode=0,
                    taken_at=datetime(2026, 1, 16, 5, tzinfo=UTC),
                )
            )
    assert due_targets(flats_rig) == []
    (row,) = flat_history(flats_rig.context)
    revoked = revoke_flats(flats_rig.context, row["key"], why="out of focus")
    assert (revoked["state"], revoked["message"], len(revoked["sessions"])) == ("revoked", "out of focus", 3)
    assert due_targets(flats_rig) == ["M 42"]
    flats_rig.clock.set(flats_rig.clock.now() + timedelta(minutes=1))
    with pytest.raises(InputError, match="revoked before"):
        revoke_flats(flats_rig.context, row["key"], why="again")

"""Whose night is previewed, and out of which store: the user's, or a sequence's own where that was never run."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from tsplug.app import open_store
from tsplug.cli.opening import IN_MEMORY, CommandContext, Common, store_is_missing
from tsplug.errors import InputError, NotFoundError
from tsplug.model import Profile
from tsplug.ports import Store

if TYPE_CHECKING:
    from tsplug.services.sequence_habits import Habits

_NEVER_RUN = "its own catalogue is previewed, as if nothing were taken"


class PreviewedRig(NamedTuple):
    """The surroundings of a preview, its profile, and what counts instead of what the rig's records say."""

    context: CommandContext
    profile: Profile
    habits: Habits


@contextmanager
def previewed_rig(common: Common, sequence: Path | None, *, second: str) -> Iterator[PreviewedRig]:
    """Give what a night is previewed from; ``second`` is the profile of a second camera, of the sequence's if empty.

    Raises:
        InputError: the sequence cannot be read, or is none of this rig.
        NotFoundError: there is no such profile.
    """
    # Imported here: astronomy is slow to import, and no other command needs it.
    from tsplug.services.sequence_catalogue import is_whole, load_sequence
    from tsplug.services.sequence_habits import Habits, habits_of
    from tsplug.services.sequence_site import profile_named

    if sequence is None:
        with common.context() as context:
            yield PreviewedRig(context, common.chosen_profile(context.store), Habits(second=second))
        return
    text, source = _text_of(sequence), str(sequence)
    named = "" if common.profile else profile_named(text, source=source)
    whole = bool(named) and is_whole(text, source=source)
    if whole and not _is_stored(common, named):
        clock = common.clock()
        with closing(open_store(IN_MEMORY, clock, create=True)) as store:
            profile = load_sequence(text, store, clock=clock, source=source)
            found = habits_of(text, profile, source=source)
            habits = found._replace(second=second or found.second, notes=(_unknown(common), *found.notes))
            yield PreviewedRig(CommandContext(store, clock), profile, habits)
        return
    with common.context() as context:
        profile = _chosen(common, context.store, named=named, source=source)
        found = habits_of(text, profile, source=source)
        yield PreviewedRig(context, profile, found._replace(second=second or found.second))


def _unknown(common: Common) -> str:
    """Return why a sequence is previewed by itself; a mistyped ``--db`` must not pass for a new store."""
    held = (
        f"no store at {common.store_url()}"
        if store_is_missing(common)
        else "the store knows nothing of the sequence yet"
    )
    return f"{held}: {_NEVER_RUN}"


def _is_stored(common: Common, name: str) -> bool:
    if store_is_missing(common):
        return False
    with common.store() as store:
        try:
            replace(common, profile=name).chosen_profile(store)
        except NotFoundError:
            return False
    return True


def _chosen(common: Common, store: Store, *, named: str, source: str) -> Profile:
    try:
        return replace(common, profile=common.profile or named).chosen_profile(store)
    except NotFoundError as error:
        said = f"{source} images with profile {named!r}, which is not stored: " if named else ""
        raise InputError(f"{said}{error}") from error


def _text_of(sequence: Path) -> str:
    try:
        return sequence.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "it is not UTF-8"
        raise InputError(f"the sequence {sequence} cannot be read: {why}") from error

"""Brings what a sequence file says of rigs and targets into a store, as its run would."""

from __future__ import annotations

from tsplug.errors import InputError
from tsplug.model import Profile
from tsplug.ports import Clock, Store
from tsplug.services.catalogue import load_catalogue
from tsplug.services.second_camera import pair_profiles
from tsplug.services.sequence_site import mapping_of
from tsplug.services.sequence_text import read_sequence

_SECOND = ("profile", "templates", "trained_flats")


def is_whole(text: str, *, source: str) -> bool:
    """Return whether a sequence says where it images, and what, so that nothing else need be known.

    Raises:
        InputError: the text is no YAML.
    """
    catalogue = mapping_of(mapping_of(read_sequence(text, source=source)).get("catalogue"))
    return all(catalogue.get(name) for name in ("site", "profile", "projects"))


def load_sequence(text: str, store: Store, *, clock: Clock, source: str) -> Profile:
    """Store the catalogue of a sequence, and its second camera; return the profile that it images with.

    Raises:
        InputError: the text is no YAML, or fields are missing or wrong, a line for each.
    """
    document = mapping_of(read_sequence(text, source=source))
    catalogue, second = mapping_of(document.get("catalogue")), mapping_of(document.get("second_camera"))
    try:
        first = load_catalogue(catalogue, store, clock=clock)
        if second:
            own = {name: second[name] for name in _SECOND if name in second}
            beside = load_catalogue({"site": catalogue["site"], **own}, store, clock=clock)
            pair_profiles(store, owner_guid=first.guid, profile_guid=beside.guid)
    except InputError as error:
        raise InputError(f"{source}: {error}") from error
    return first

"""A profile with the site it stands at, as most services need it."""

from __future__ import annotations

from dataclasses import dataclass

from tsplug.errors import DeviceError, InputError, NotFoundError
from tsplug.model import Profile, Site
from tsplug.ports import Devices, Unit


@dataclass(frozen=True)
class Rig:
    """A profile and the site it stands at."""

    profile: Profile
    site: Site


def load_rig(unit: Unit, profile_guid: str) -> Rig:
    """Return the profile with a guid and its site.

    Raises:
        NotFoundError: no such profile.
    """
    profile = unit.find(Profile, guid=profile_guid)
    if profile is None:
        raise no_profile(profile_guid)
    return rig_of(unit, profile)


def rig_of(unit: Unit, profile: Profile) -> Rig:
    """Return a stored profile with its site.

    Raises:
        InputError: nobody said yet where it stands.
    """
    return Rig(profile, site_of(unit, profile))


def filters_of(devices: Devices, *, rig: Rig) -> tuple[str, ...] | None:
    """Return the names in the wheel, None without one; of one that does not answer those that the profile knows.

    A silent wheel then fails at its own step, where the report names it.
    """
    try:
        return None if devices.wheel is None else tuple(devices.wheel.names)
    except DeviceError:
        return tuple(rig.profile.filters)


def site_of(unit: Unit, profile: Profile) -> Site:
    """Return the site of a profile.

    Raises:
        InputError: nobody said yet where it stands.
    """
    if profile.site_id is None:
        raise no_site(profile)
    return unit.get(Site, profile.site_id)


def no_profile(profile_guid: str) -> NotFoundError:
    """Return what is raised where no profile has a guid."""
    return NotFoundError(f"no profile has the id {profile_guid}; list them with: tsplug profile list")


def no_site(profile: Profile) -> InputError:
    """Return what is raised where a profile has no site."""
    return InputError(
        f"profile {profile.name!r} has no site: give it one with `tsplug profile edit {profile.name!r} site=NAME`"
    )

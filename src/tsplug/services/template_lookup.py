"""Finds the exposure template that a plan of a target means: always one of the target's own profile."""

from __future__ import annotations

from tsplug.errors import AmbiguousNameError, NotFoundError
from tsplug.model import ExposureTemplate, Profile, Project, Target
from tsplug.ports import Unit


def profile_of_target(unit: Unit, target: Target) -> Profile:
    """Return the profile that a target's project belongs to."""
    return unit.get(Profile, unit.get(Project, target.project_id).profile_id)


def template_of_profile(unit: Unit, profile_id: int, *, name: str) -> ExposureTemplate:
    """Return a profile's template by name, id, guid, or by its filter where only one exposes that.

    Raises:
        NotFoundError: the profile has none of that name.
        AmbiguousNameError: several fit.
    """
    own = unit.list(ExposureTemplate, profile_id=profile_id)
    for fits in (
        [each for each in own if each.name == name],
        [each for each in own if name in (str(each.id), each.guid)],
        [each for each in own if each.name.casefold() == name.casefold()],
        [each for each in own if each.filter_name == name],
    ):
        if len(fits) > 1:
            ids = ", ".join(str(each.id) for each in fits)
            raise AmbiguousNameError(f"{len(fits)} templates fit {name!r}: use an id, one of {ids}")
        if fits:
            return fits[0]
    profile = unit.get(Profile, profile_id)
    names = ", ".join(each.name for each in own) or "none; add one with `tsplug template add`"
    raise NotFoundError(f"profile {profile.name!r} has no template {name!r}; there are: {names}")

"""Which other profiles contribute to the plans of a project."""

from __future__ import annotations

import json

from tsplug.errors import InputError
from tsplug.model import Contribution, Profile, Project
from tsplug.ports import Unit
from tsplug.services.catalogue_drafts import Draft
from tsplug.services.lookup import find_named


def contributes_to(unit: Unit, project: Project, *, profile: Profile) -> bool:
    """Return whether a profile contributes to a project."""
    return unit.find(Contribution, project_id=project.id, profile_id=profile.id) is not None


def contributor_names(unit: Unit, project: Project) -> list[str]:
    """Return the names of the profiles that contribute to a project, in the order they were added."""
    links = unit.list(Contribution, project_id=project.id)
    names = {each.id: each.name for each in unit.list(Profile, id=[link.profile_id for link in links])}
    return [names[link.profile_id] for link in links]


def set_contributors(draft: Draft, project: Project, *, text: str) -> None:
    """Let exactly the named profiles contribute to a stored project; names by comma or as a JSON list, or ``none``.

    What is wrong is a problem of the draft.
    """
    wanted = _wanted(draft, project, names=_names(text))
    if draft.given.problems:
        return
    there = draft.unit.list(Contribution, project_id=project.id)
    for link in there:
        if link.profile_id not in wanted:
            draft.unit.delete(link)
    known = [link.profile_id for link in there]
    for profile_id in wanted:
        if profile_id not in known:
            draft.unit.add(Contribution(project_id=project.id or 0, profile_id=profile_id))


def _wanted(draft: Draft, project: Project, *, names: list[str]) -> list[int]:
    """Return the ids of the named profiles, each once; what is wrong with a name is a problem of the draft."""
    wanted: dict[int, None] = {}
    for name in names:
        try:
            profile = find_named(draft.unit, Profile, name=name)
        except InputError as error:
            draft.given.wrong("contributors", str(error))
            continue
        if profile.id == project.profile_id:
            draft.given.wrong("contributors", f"{profile.name!r} owns the project; only other profiles contribute")
        wanted[profile.id or 0] = None
    return list(wanted)


def _names(text: str) -> list[str]:
    stripped = text.strip()
    if stripped.lower() in ("", "none"):
        return []
    if stripped.startswith("["):
        try:
            return [str(name) for name in json.loads(stripped)]
        except json.JSONDecodeError:
            return [stripped]
    return [name.strip() for name in stripped.split(",")]

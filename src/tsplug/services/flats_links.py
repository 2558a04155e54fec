"""Which flats belong to a light: from a light by its session to a set and its files."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from tsplug.flats import TakenFlats, light_sessions
from tsplug.model import (
    AcquiredImage,
    FlatHistory,
    FlatSet,
    FlatSetFile,
    FlatSetState,
    FlatsPreferences,
    FlatsType,
    LightSession,
    Profile,
    Project,
    Site,
)
from tsplug.ports import Unit

_UNKNOWN_SITE = Site(name="unknown", latitude_deg=0.0, longitude_deg=0.0)
_PART = 500


@dataclass(frozen=True)
class SessionFlats:
    """A light session with the flats that serve it: the history row, the set with its files, and its dark flats.

    ``row`` is None where it has none, ``flat_set`` too where they were taken by another program.
    """

    session: LightSession
    row: FlatHistory | None = None
    flat_set: FlatSet | None = None
    files: tuple[FlatSetFile, ...] = ()
    dark_files: tuple[FlatSetFile, ...] = ()


def flats_of(unit: Unit, image_ids: Collection[int]) -> dict[int, tuple[FlatSetFile, ...]]:
    """Return the flats of each of some lights by the light's id, in the order they were taken; none where it has none.

    Sets that were revoked serve nobody, and frames that another program took are not known. Dark flats are not among
    them.
    """
    files: dict[int, tuple[FlatSetFile, ...]] = dict.fromkeys(image_ids, ())
    images = [image for part in _parts(list(files)) for image in unit.list(AcquiredImage, id=part)]
    for linked in sessions_with_flats(unit, images):
        files |= {key: linked.files for key in linked.session.image_ids if key in files}
    return files


def sessions_with_flats(unit: Unit, images: Iterable[AcquiredImage]) -> tuple[SessionFlats, ...]:
    """Return the light sessions of lights of any profiles, each with the flats that serve it."""
    by_profile: dict[int, list[AcquiredImage]] = defaultdict(list)
    for image in images:
        if image.profile_id is not None:
            by_profile[image.profile_id].append(image)
    profiles = {profile.id: profile for profile in unit.list(Profile, id=sorted(by_profile))}
    sites = {site.id: site for site in unit.list(Site)}
    found: list[SessionFlats] = []
    for profile_id, own in by_profile.items():
        profile = profiles.get(profile_id)
        # A rig that is gone leaves its lights and flats; what nobody set is as by default.
        preferences = FlatsPreferences() if profile is None else profile.flats
        site = sites.get(None if profile is None else profile.site_id, _UNKNOWN_SITE)
        sessions = light_sessions(own, _projects(unit, own), site=site, preferences=preferences)
        found += _linked(unit, sessions, preferences=preferences)
    return tuple(found)


def _projects(unit: Unit, images: Iterable[AcquiredImage]) -> Mapping[int, Project]:
    keys = sorted({image.project_id for image in images if image.project_id is not None})
    return {project.id: project for project in unit.list(Project, id=keys) if project.id is not None}


def _linked(unit: Unit, sessions: Sequence[LightSession], *, preferences: FlatsPreferences) -> list[SessionFlats]:
    history = history_of(unit, sessions)
    taken = TakenFlats(history, preferences=preferences)
    darks = TakenFlats(_as_flats(history), preferences=preferences)
    pairs = [(session, taken.of(session), darks.of(session)) for session in sessions]
    set_ids = sorted({row.flat_set_id for _, *rows in pairs for row in rows if row and row.flat_set_id is not None})
    sets = {item.id: item for part in _parts(set_ids) for item in unit.list(FlatSet, id=part)}
    files: dict[int | None, list[FlatSetFile]] = defaultdict(list)
    for part in _parts(set_ids):
        for file in unit.list(FlatSetFile, flat_set_id=part):
            files[file.flat_set_id].append(file)
    return [
        SessionFlats(
            session,
            row,
            None if row is None else sets.get(row.flat_set_id),
            () if row is None else tuple(files[row.flat_set_id]),
            () if dark is None else tuple(files[dark.flat_set_id]),
        )
        for session, row, dark in pairs
    ]


def _as_flats(history: Iterable[FlatHistory]) -> list[FlatHistory]:
    """Return the rows of dark flats as if they were flats, so that they are found in the same way."""
    return [
        row.model_copy(update={"flats_type": FlatsType.PANEL.value})
        for row in history
        if row.flats_type == FlatsType.DARK
    ]


def history_of(unit: Unit, sessions: Iterable[LightSession]) -> list[FlatHistory]:
    """Return the history of some sessions but for what was revoked; what lies before them is not read."""
    sessions = tuple(sessions)
    rows = unit.list(
        FlatHistory,
        profile_id=sorted({session.profile_id for session in sessions}),
        target_id=sorted({session.target_id for session in sessions}),
        session_date=sorted({session.session_date for session in sessions}),
        revoked_at=None,
    )
    set_ids = sorted({row.flat_set_id for row in rows if row.flat_set_id is not None})
    revoked = {item.id for item in unit.list(FlatSet, id=set_ids, state=FlatSetState.REVOKED)}
    return [row for row in rows if row.flat_set_id not in revoked]


def _parts(keys: Sequence[int]) -> list[Sequence[int]]:
    return [keys[start : start + _PART] for start in range(0, len(keys), _PART)]

"""Constraints of astroplan, and of plugins, held against targets on the planner's own grid: offline, once per night."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, time
from importlib.metadata import entry_points
from typing import Any

import numpy as np

from tsplug.errors import InputError
from tsplug.model import SkyConstraint
from tsplug.model.night import Night
from tsplug.planning import NightTables, Place, SkyTarget, night_tables
from tsplug.planning.arrays import Mask
from tsplug.planning.ephemeris import STEP

ENTRY_POINT_GROUP = "tsplug.constraints"
"""Where packages offer classes of constraints, by name; they are called as astroplan's own are."""


_MOST_SAID = 160


def attached_masks(constraint: SkyConstraint, tables: NightTables, *, targets: Sequence[SkyTarget]) -> Mask:
    """Return where a constraint permits targets, a row each on the grid of the tables.

    A constraint that scores permits what scores more than nothing.

    Raises:
        InputError: it is unknown, refuses its arguments, fails, or gives something else than answers.
    """
    import astropy.units as u
    from astroplan import Observer
    from astropy.coordinates import EarthLocation, SkyCoord
    from astropy.time import Time

    place = tables.place
    location = EarthLocation(place.longitude_deg * u.deg, place.latitude_deg * u.deg, place.elevation_m * u.m)
    stars = SkyCoord([each.ra_hours for each in targets] * u.hourangle, [each.dec_deg for each in targets] * u.deg)
    built = checked_constraint(constraint)
    with _offline():
        times = Time(tables.night.start) + np.arange(tables.samples) * u.min
        try:
            answer = built(Observer(location), stars, times=times, grid_times_targets=True)
            found = np.broadcast_to(np.asarray(answer), (len(targets), tables.samples))
            if np.isnan(found).any():
                raise ValueError("it gives NaN")
            return np.asarray(found if found.dtype == np.bool_ else found > 0)
        except Exception as error:
            raise InputError(f"constraint {constraint.name} failed: {_why(error, constraint)}") from error


def _why(error: Exception, constraint: SkyConstraint) -> str:
    """Return what made a constraint fail; of units, how they are written."""
    import astropy.units as u

    if isinstance(error, u.UnitsError) or (isinstance(error, TypeError) and "Quantity" in str(error)):
        given = ", ".join(f"{name}={value}" for name, value in constraint.arguments.items())
        return f'{given} lacks a unit that fits; write angles with their unit, like "40 deg"'
    return f"{type(error).__name__}: {str(error).partition(chr(10))[0][:_MOST_SAID]}"


def try_constraint(constraint: SkyConstraint) -> None:
    """Ask a constraint once, of a star over Greenwich.

    Raises:
        InputError: it is unknown, refuses its arguments, fails, or gives something else than answers.
    """
    star = SkyTarget("star", 6.0, 30.0)
    start = datetime(2026, 1, 15, 21, tzinfo=UTC)
    night = Night(start.date(), start, start + STEP)
    attached_masks(constraint, night_tables(Place(51.5, 0.0, 0.0), night, targets=[star]), targets=[star])


def checked_constraint(constraint: SkyConstraint) -> Any:
    """Return a constraint as an object of its class.

    Raises:
        InputError: the class is unknown, or refuses the arguments.
    """
    made = _class_of(constraint.name)
    try:
        return made(**{name: _value(value) for name, value in constraint.arguments.items()})
    except (TypeError, ValueError) as error:
        raise InputError(f"constraint {constraint.name} refuses its arguments: {error}") from error


def constraint_names() -> list[str]:
    """Return the names of all constraints that can be attached: astroplan's, then those of installed packages."""
    import astroplan

    own = (getattr(astroplan, name) for name in dir(astroplan))
    kinds = [
        each.__name__
        for each in own
        if isinstance(each, type) and issubclass(each, astroplan.Constraint) and each is not astroplan.Constraint
    ]
    return [*sorted(set(kinds)), *sorted(entry.name for entry in entry_points(group=ENTRY_POINT_GROUP))]


def _class_of(name: str) -> Callable[..., Any]:
    import astroplan

    for entry in entry_points(group=ENTRY_POINT_GROUP, name=name):
        return _loaded(entry.load, name)
    kind = getattr(astroplan, name, None)
    if not (isinstance(kind, type) and issubclass(kind, astroplan.Constraint)):
        raise InputError(f"no constraint is called {name!r}; there are {', '.join(constraint_names())}")
    return kind


def _loaded(load: Callable[[], Any], name: str) -> Callable[..., Any]:
    try:
        loaded: Callable[..., Any] = load()
    except Exception as error:
        raise InputError(f"constraint {name} cannot be loaded: {type(error).__name__}: {error}") from error
    return loaded


def _value(value: bool | float | str | None) -> Any:
    """Return an argument as astroplan takes it: a text with a unit is a quantity, a date or an hour a time."""
    import astropy.units as u
    from astropy.time import Time

    if not isinstance(value, str):
        return value
    for read in (u.Quantity, Time, time.fromisoformat):
        try:
            return read(value)
        except (TypeError, ValueError):
            continue
    return value


@contextmanager
def _offline() -> Iterator[None]:
    """Keep astropy from the network and from warning of dates beyond its tables, for as long as it is asked."""
    from astropy.utils import iers

    with (
        iers.conf.set_temp("auto_download", False),
        iers.conf.set_temp("auto_max_age", None),
        warnings.catch_warnings(),
    ):
        warnings.simplefilter("ignore")
        yield

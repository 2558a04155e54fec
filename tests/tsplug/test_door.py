"""The one door: what tsplug exports, and how light it is to import."""

from __future__ import annotations

import subprocess
import sys

import pytest

import tsplug

HEAVY = ("astropy", "astroplan", "sep", "alembic", "uvicorn", "typer")


def test_everything_exported_exists_and_is_sorted() -> None:
    """Each name of ``__all__`` can be imported, and the list is in order."""
    assert all(hasattr(tsplug, name) for name in tsplug.__all__)
    constants = [name for name in tsplug.__all__ if name.isupper()]
    others = [name for name in tsplug.__all__ if not name.isupper()]
    assert others == sorted(others, key=lambda name: (not name[0].isupper(), name))
    assert constants
    assert len(others) > 40


def test_importing_tsplug_loads_nothing_heavy() -> None:
    """Astronomy, plots, database migrations and the web are loaded where they are used, not with what is exported."""
    code = "import sys; from tsplug import *; print(','.join(sorted({name.split('.')[0] for name in sys.modules})))"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert not set(HEAVY) & set(loaded.strip().split(","))
    assert "pluggy" in loaded


def test_hook_specifications_are_there_at_once() -> None:
    """Whoever imports tsplug alone may use the module that describes its hooks."""
    code = "import tsplug; print(tsplug.hookspecs.__name__, tsplug.errors.TsplugError is tsplug.TsplugError)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "tsplug.hookspecs True\n"


def test_what_is_not_exported_is_no_attribute() -> None:
    """A name that tsplug does not export is told as that, though others are fetched when they are asked for."""
    with pytest.raises(AttributeError, match="module 'tsplug' has no attribute 'RECORDS'"):
        tsplug.RECORDS  # type: ignore[attr-defined]  # noqa: B018


def test_public_modules_and_names_are_there_to_be_completed() -> None:
    """A shell lists what is exported before it was asked for, and the ports are reached through the package."""
    told = subprocess.run(
        [sys.executable, "-c", "import tsplug; print(set(tsplug.__all__) - set(dir(tsplug)), tsplug.ports.__name__)"],
        check=True,
        capture_output=True,
        text=True,
    )
    assert told.stdout.strip() == "set() tsplug.ports"

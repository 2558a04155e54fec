"""Borders that import contracts cannot draw, because they run through the middle of a library."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from measured_source import Source, imported, sources

pytestmark = pytest.mark.xdist_group("quality")

# Who may read and write FITS: the adapter of tsplug and the one of the host.
FITS_HOMES = ("src/tsplug/files/", "hostsim/saving/", "hostsim/saving.py")


def fits_users(modules: Sequence[Source]) -> list[str]:
    """Return the modules that import astropy.io, in any form."""
    return [m.path for m in modules if any(f"{name}.".startswith("astropy.io.") for name in imported(m))]


def test_fits_stays_behind_its_port() -> None:
    """Only tsplug's files and the host's saving touch astropy.io."""
    modules = sources("src", "hostsim")
    assert [path for path in fits_users(modules) if not path.startswith(FITS_HOMES)] == []
    assert len(modules) >= 100


def test_every_form_of_the_import_is_found() -> None:
    """Whichever way astropy.io is imported, also inside a function, it is seen; astropy.iox would not be."""
    texts = [
        "import astropy.io.fits",
        "from astropy import io",
        "from astropy.io import fits",
        "def f():\n    from astropy.io.fits import Header",
        "import astropy.iox",
        "from astropy import units",
    ]
    found = fits_users([Source(str(number), text) for number, text in enumerate(texts)])
    assert found == ["0", "1", "2", "3"]

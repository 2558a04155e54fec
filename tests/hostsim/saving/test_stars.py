"""Stars as a FITS table."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from astropy.io import fits

from hostsim.saving.stars import write_stars
from hostsim.sky.stars import stars_near
from tsplug import FileError


def test_a_table_holds_all_columns_of_all_stars(tmp_path: Path) -> None:
    """With units, places to the last digit, and checksums that hold."""
    table, file = stars_near(56.9, 24.1, radius_deg=0.3, faintest_mag=12.0), tmp_path / "new" / "stars.fits"
    count = write_stars([table, table], file)
    with fits.open(file, checksum=True) as opened:
        opened.verify("exception")
        rows = opened["STARS"].data
        assert [column.unit for column in opened["STARS"].columns] == ["deg", "deg", "mag", "mas/yr", "mas/yr"]
        assert len(rows) == count == 2 * table.magnitude.size
        np.testing.assert_array_equal(rows["RAJ2000"][: table.ra_deg.size], table.ra_deg)
        np.testing.assert_allclose(rows["pmDE"][: table.ra_deg.size], table.pm_dec_mas, rtol=1e-6)


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    """In one line, and nothing is left there."""
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(FileError, match="the stars cannot be written"):
        write_stars([stars_near(0.0, 0.0, radius_deg=0.1, faintest_mag=9.0)], tmp_path / "file" / "stars.fits")
    (tmp_path / "folder").mkdir()
    with pytest.raises(FileError, match="the stars cannot be written"):
        write_stars([stars_near(0.0, 0.0, radius_deg=0.1, faintest_mag=9.0)], tmp_path / "folder")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "folder"]

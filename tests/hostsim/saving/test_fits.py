"""Frames as FITS files."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import pytest
from astropy.io import fits
from hypothesis import given, settings
from hypothesis import strategies as st

from hostsim.saving.facts import FrameFacts
from hostsim.saving.fits import finish, free_name, sweep, write_part
from hostsim.saving.header import cards
from tsplug import FileError

PIXELS = np.arange(0, 60_000, 100, dtype=np.uint16).reshape(20, 30)


def test_a_frame_survives_the_disk(tmp_path: Path, light: FrameFacts) -> None:
    """Pixels and header come back as they were, with right checksums and a free header block."""
    final = tmp_path / "lights" / "a.fits"
    finish(write_part(PIXELS, cards(light), final=final), final)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with fits.open(final, checksum=True) as opened:
            opened.verify("exception")
            assert opened[0].data.dtype == np.uint16
            assert (opened[0].data == PIXELS).all()
            assert opened[0].header["OBJECT"] == "M 42"
            assert {"CHECKSUM", "DATASUM"} <= set(opened[0].header)
            assert sum(card.is_blank for card in opened[0].header.cards) >= 72


def test_the_name_appears_only_at_the_end(tmp_path: Path) -> None:
    """Before it is finished a frame has another name; finishing twice is harmless."""
    final = tmp_path / "a.fits"
    part = write_part(PIXELS, [], final=final)
    assert part.parent == tmp_path
    assert not final.exists()
    finish(part, final)
    finish(part, final)
    assert final.exists()
    assert not part.exists()


@settings(max_examples=40)
@given(name=st.text(min_size=1, max_size=120))
def test_any_target_name_fits_a_header(tmp_path_factory: pytest.TempPathFactory, name: str) -> None:
    """Accents, quotes, control characters and length never make a header that astropy refuses."""
    final = tmp_path_factory.mktemp("frames") / "a.fits"
    finish(write_part(PIXELS, [("OBJECT", name, "Name of the object of interest")], final=final), final)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with fits.open(final, checksum=True) as opened:
            opened.verify("exception")


def test_a_taken_name_gets_a_number(tmp_path: Path) -> None:
    """Nothing is overwritten: a taken name gets _2, then _3."""
    wanted = tmp_path / "a.fits"
    assert free_name(wanted) == wanted
    wanted.touch()
    assert free_name(wanted).name == "a_2.fits"
    free_name(wanted).touch()
    assert free_name(wanted).name == "a_3.fits"


def test_leftovers_are_swept(tmp_path: Path) -> None:
    """What an interrupted write left is removed, except what is still promised."""
    kept = write_part(PIXELS, [], final=tmp_path / "a" / "kept.fits")
    write_part(PIXELS, [], final=tmp_path / "b" / "lost.fits")
    assert sweep(tmp_path, keep=[kept]) == 1
    assert [file.name for file in tmp_path.rglob("*.part")] == [kept.name]


def test_an_impossible_folder_is_one_clear_error(tmp_path: Path) -> None:
    """A folder that cannot be made gives an error that names the frame."""
    (tmp_path / "file").touch()
    with pytest.raises(FileError, match=r"a\.fits: the frame cannot be saved"):
        write_part(PIXELS, [], final=tmp_path / "file" / "a.fits")


class FullDisk:
    """A disk of which astropy says that there is no room."""

    def before_writing(self, file: Path) -> None:
        said = "Not enough space on disk: requested 3840000, available 0. "
        raise OSError(f"{said}{said}1920000 requested and 820192 written")


def test_a_full_disk_is_said_once(tmp_path: Path) -> None:
    """Nobody has to read byte counts twice to learn that the disk is full."""
    with pytest.raises(FileError, match=r"cannot be saved \(the disk is full\): make room"):
        write_part(np.zeros((2, 2), np.uint16), (), final=tmp_path / "a.fits", disk=FullDisk())

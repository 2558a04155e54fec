"""Headers as N.I.N.A., SGPro, MaxIm, ACP, EKOS, ASIAIR, Siril, Dwarf and PixInsight write them, and trees of them."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from dialects import DIALECTS, Cards, pixinsight_master, siril_master
from frame_files import fits_file, write, xisf_file
from shots import Shot, utc
from trees import fits_master, write_mosaic, write_one_target, write_two_sites

from tsplug.app import frame_headers
from tsplug.model import FrameHeader

HEADERS = frame_headers()
LIGHT = Shot("LIGHT", utc("2023-07-05 22:20"), 600.0, 100, "Ha", "Sh2 101", hfr=2.0, sky_quality=20.5)


def read(file: Path, **options: bool) -> FrameHeader:
    header = HEADERS.read(file, **options)
    assert isinstance(header, FrameHeader), header
    assert header.problems == ()
    return header


def as_read(cards: Cards) -> Cards:
    return {key: value.rstrip() if isinstance(value, str) else value for key, value in cards.items()}


@pytest.mark.parametrize("program", DIALECTS)
@pytest.mark.parametrize("kind", ["LIGHT", "FLAT", "DARK", "BIAS"])
def test_dialects(tmp_path: Path, program: str, kind: str) -> None:
    """Every card of every program comes as it was written, from FITS and from XISF."""
    cards = DIALECTS[program](Shot(kind, LIGHT.started, 1.5, None if kind == "BIAS" else 100))
    assert read(write(tmp_path / "a.fits", fits_file(cards))).cards.items() >= as_read(cards).items()
    assert read(write(tmp_path / "a.xisf", xisf_file(cards))).cards == as_read(cards)


def test_unquoted_texts_of_nina_in_xisf(tmp_path: Path) -> None:
    """N.I.N.A. writes texts into XISF without quotes, and moments with seven decimals."""
    cards = {**DIALECTS["nina"](LIGHT), "DATE-OBS": "2023-07-05T22:20:00.1234567"}
    assert read(write(tmp_path / "a.xisf", xisf_file(cards, quoted=False))).cards == cards


def test_counts_of_masters(tmp_path: Path) -> None:
    """A master in FITS tells its count in HISTORY cards, one of Siril in a card; single frames tell none."""
    flat = Shot("FLAT", LIGHT.started, 1.5, 100, "Ha")
    pixinsight = write(tmp_path / "a.fits", fits_master(pixinsight_master(flat), 32))
    assert read(pixinsight).integrated_frames == 32
    assert read(pixinsight).history == ()
    assert "ImageIntegration.numberOfImages: 32" in read(pixinsight, history=True).history
    assert read(write(tmp_path / "b.fits", fits_file(siril_master(flat, 20)))).integrated_frames == 20
    assert read(write(tmp_path / "c.fits", fits_file(DIALECTS["siril"](flat)))).integrated_frames is None


def kinds(folder: Path) -> Counter[object]:
    found = list(HEADERS.scan([folder], wanted={"IMAGETYP"}))
    assert all(isinstance(each, FrameHeader) for each in found)
    return Counter(each.cards.get("IMAGETYP") for each in found if isinstance(each, FrameHeader))


def test_one_target(tmp_path: Path) -> None:
    """The tree of one target has the 1219 frames that it says it has."""
    assert kinds(write_one_target(tmp_path)) == {"LIGHT": 221, "FLAT": 700, "BIAS": 199, "DARK": 99}


def test_mosaic(tmp_path: Path) -> None:
    """The tree of a mosaic has each light raw, calibrated, cosmetized and registered, masters, and one of no cards."""
    found = kinds(write_mosaic(tmp_path))
    masters = {"Master Light": 2, "Master Bias": 1, "Master Dark": 1, "Master Flat": 2}
    assert found == {"LIGHT": 4 * 33, None: 1} | masters


def test_two_sites(tmp_path: Path) -> None:
    """The masters of two sites tell their counts, by property and by history alike."""
    found = [each for each in HEADERS.scan([write_two_sites(tmp_path)]) if isinstance(each, FrameHeader)]
    counts = [each.integrated_frames for each in found if each.integrated_frames is not None]
    assert sorted(counts) == [40, 40, 50, 50, 100, 100, 100, 100]
    assert len(found) == 40 + 8

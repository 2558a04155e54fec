"""What a scan keeps of frames, and what it tells of those it could not use."""

from __future__ import annotations

from pathlib import Path

from frame_files import fits_file, write

from tsplug.app import frame_headers
from tsplug.model import BadFile, FrameHeader
from tsplug.services.frame_scan import scan_frames


def exposure(header: FrameHeader) -> float | BadFile:
    value = header.cards.get("EXPTIME")
    return BadFile(header.file, "has no exposure") if value is None else float(value)


def test_what_is_kept_and_what_is_left_out(tmp_path: Path) -> None:
    """Of each frame what was wanted is kept; bad files, useless frames and bad cards are listed with their reasons."""
    write(tmp_path / "1.fits", fits_file({"EXPTIME": 1.5}))
    write(tmp_path / "2.fits", fits_file({"GAIN": 1}))
    write(tmp_path / "3.fits", b"rubbish")
    write(tmp_path / "4.fits", fits_file({"EXPTIME": 2.5, "GAIN": b"= nan"}))
    scan = scan_frames(frame_headers(), [tmp_path], keep=exposure, wanted={"EXPTIME", "GAIN"})
    assert scan.kept == [1.5, 2.5]
    assert [(bad.file.name, bad.reason) for bad in scan.bad_files] == [
        ("2.fits", "has no exposure"),
        ("3.fits", "is no FITS file"),
    ]
    assert [(file.name, problem.keyword) for file, problem in scan.bad_cards] == [("4.fits", "GAIN")]
    assert scan.left_out == 3

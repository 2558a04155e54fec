"""Where pictures lie: beside frames, or in one folder for all in which no two meet."""

from __future__ import annotations

from pathlib import Path, PurePath, PureWindowsPath

import pytest

from tsplug.model import Address, PipelinePreferences, frame_place
from tsplug.services.preview_places import picture_of, preview_place

BESIDE = PipelinePreferences(preview_folder="pictures", preview_form="png")
FOR_ALL = PipelinePreferences(preview_folder="/pics")


@pytest.mark.parametrize(
    ("file", "beside", "for_all"),
    [
        ("/n1/L.fits", "/n1/pictures/L.fits.png", "/pics/n1/L.fits.jpg"),
        ("/n2/L.fits", "/n2/pictures/L.fits.png", "/pics/n2/L.fits.jpg"),
        ("s3://b/n1/L.fits", "s3://b/n1/pictures/L.fits.png", "/pics/s3/b/n1/L.fits.jpg"),
        ("s3://c/n1/L.fits", "s3://c/n1/pictures/L.fits.png", "/pics/s3/c/n1/L.fits.jpg"),
    ],
)
def test_each_frame_has_a_picture_of_its_own(file: str, beside: str, for_all: str) -> None:
    """Frames of one name in several folders, buckets or on several disks share none; a copy is no place."""
    place = frame_place(file)
    assert (str(preview_place(place, BESIDE)), str(preview_place(place, FOR_ALL))) == (beside, for_all)
    copy = Path("/tmp/copy/L.fits")
    local = copy if isinstance(place, Address) else Path(file)
    assert picture_of(local, place, preferences=FOR_ALL) == Path(for_all)
    assert picture_of(local, place, preferences=BESIDE) == local.parent / "pictures" / "L.fits.png"


@pytest.mark.parametrize(
    ("file", "way"), [("C:\\n1\\L.fits", "/pics/C/n1/L.fits.jpg"), ("\\\\nas\\a\\L.fits", "/pics/nas/a/L.fits.jpg")]
)
def test_disks_with_letters_do_not_meet(file: str, way: str) -> None:
    """Nor do shares."""
    place: PurePath = PureWindowsPath(file)
    assert str(preview_place(place, FOR_ALL)) == way  # type: ignore[call-overload]


def test_a_picture_can_be_written_however_long_a_frame_is_named(tmp_path: Path) -> None:
    """Two names that differ at their ends alone have two pictures, which file systems take."""
    frames = [tmp_path / f"{'月' * 82}{end}.fits" for end in ("ab", "ac")]
    pictures = [preview_place(frame, PipelinePreferences(preview_folder=".")) for frame in frames]
    for file in (*frames, *pictures):
        assert isinstance(file, Path)
        file.touch()
    assert len(list(tmp_path.iterdir())) == 4
    assert all(picture.suffix == ".jpg" for picture in pictures)

"""Files beside frames."""

from __future__ import annotations

from pathlib import Path

import pytest

from hostsim.saving.sidecar import write_truth
from tsplug import FileError


def test_the_truth_lies_beside_its_frame(tmp_path: Path) -> None:
    """It takes the frame's name, replaces an older one, and leaves nothing half-written."""
    frame = tmp_path / "M 42_120.00s_0001.fits"
    write_truth("{}", frame=frame)
    assert write_truth('{"hfr_px": 1.0}', frame=frame) == tmp_path / "M 42_120.00s_0001.truth.json"
    assert [file.name for file in tmp_path.iterdir()] == ["M 42_120.00s_0001.truth.json"]
    assert (tmp_path / "M 42_120.00s_0001.truth.json").read_text(encoding="utf-8") == '{"hfr_px": 1.0}'


def test_a_folder_that_is_gone_is_an_error_with_its_name(tmp_path: Path) -> None:
    """What cannot be written is said, and the caller decides what it costs."""
    with pytest.raises(FileError, match=r"gone/frame\.truth\.json: the truth cannot be saved"):
        write_truth("{}", frame=tmp_path / "gone" / "frame.fits")

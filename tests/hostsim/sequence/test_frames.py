"""Frames that are promised and not yet delivered."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from hostsim.sequence.frames import Frames
from hostsim.sequence.host import Host
from hostsim.sequence.instructions.take_exposure import TakeExposure
from hostsim.sequence.state import Outbox
from tsplug import DeviceError


def promised(host: Host, folder: Path) -> Outbox:
    """Return the promise of a frame that lies under its temporary name, kept in the host's state."""
    outbox = Outbox(part=folder / ".a.fits.part", final=folder / "a.fits")
    outbox.part.write_bytes(b"pixels")
    host.journal.state.outbox = outbox
    return outbox


def test_a_promise_is_kept_before_the_next_frame(make_host: Callable[[], Host], tmp_path: Path) -> None:
    """A frame that an instruction left behind gets its name before another one can take its place."""
    host = make_host()
    outbox = promised(host, tmp_path)
    with pytest.raises(DeviceError, match="camera: there is none"):
        Frames(host).snapshots(TakeExposure(exposure_s=1.0))
    assert outbox.final.read_bytes() == b"pixels"
    assert host.journal.state.outbox is None

"""What the instructions for darks and for biases share: how the camera is set, and that it is dark."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import ClassVar

from pydantic import Field, field_validator

from hostsim.saving.pattern import check_pattern
from hostsim.sequence.frames import Frames
from hostsim.sequence.host import Host
from hostsim.sequence.indoors import look_out
from hostsim.sequence.instruction import EachCamera
from hostsim.sequence.series import Darks
from tsplug import InputError
from tsplug.ports import CoverState

_PATTERN = "$$READOUTMODE$$/$$EXPOSURETIME$$s_G$$GAIN$$_O$$OFFSET$$_$$FRAMENR$$"


class ShutFrames(EachCamera):
    """How frames without light are taken; their readout mode is that of the lights and flats they serve."""

    is_long: ClassVar[bool] = True
    count: int = Field(default=20, ge=1, le=10_000, description="How many frames.")
    gain: int | None = Field(default=None, strict=True, ge=0, description="Gain; absent leaves the camera's.")
    offset: int | None = Field(default=None, strict=True, ge=0, description="Offset; absent leaves the camera's.")
    binning: int = Field(default=1, ge=1, le=16, description="Binning of both axes.")
    readout_mode: int | None = Field(
        default=None,
        strict=True,
        ge=0,
        description="Index of the readout mode, for these frames alone; absent leaves the camera's.",
    )
    file_pattern: str = Field(default=_PATTERN, description="Pattern of the files' names below the folder.")

    @field_validator("file_pattern")
    @classmethod
    def _known(cls, pattern: str) -> str:
        try:
            check_pattern(pattern)
        except InputError as error:
            raise ValueError(str(error)) from error
        return pattern


def take_in_the_dark(wanted: Darks, host: Host, *, camera: str | None, readout_mode: int | None) -> None:
    """Take frames with the shutter shut, the panel dark, and the cover closed where there is one; camera after camera.

    The readout mode is what it was before at the end, whatever happens.

    Raises:
        UnsafeError: it is not safe any more, amid the night of a container.
        TsplugError: a camera or the panel failed, or a frame could not be saved.
    """
    panel = host.rig.panel
    if panel is not None:
        panel.light_off()
        if panel.cover_state() is not CoverState.NOT_PRESENT:
            panel.close_cover()
            host.journal.state.standing.cover_open = False
    look = partial(look_out, host, drops=False)
    for place, each in enumerate(host.chosen(camera)):
        taken = partial(Frames(each).darks, wanted, before=place * wanted.count, look=look)
        _take(taken, each, readout_mode=readout_mode)
    host.journal.state.repeats = 0


def _take(take: Callable[[], None], host: Host, *, readout_mode: int | None) -> None:
    if readout_mode is None:
        take()
        return
    camera = host.camera()
    mode = camera.readout_mode()
    camera.set_readout_mode(readout_mode)
    try:
        take()
    finally:
        camera.set_readout_mode(mode)

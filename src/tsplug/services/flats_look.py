"""Looks at frames that are not kept: what training and sky flats decide by."""

from __future__ import annotations

from typing import Literal

from tsplug.errors import DeviceError
from tsplug.flats.steps import LookAtFrame, ReadRange
from tsplug.model import FlatSpec, new_guid
from tsplug.ports import Context, FrameLevels, FrameMeter, FrameRequest
from tsplug.services.flats_equipment import StepError

USUAL_MAX_ADU = 65_535

CameraSettings = tuple[int | None, int | None, int, int | None]
"""Gain, offset, binning and readout mode: what the level of a frame without light depends on."""


def camera_settings(spec: FlatSpec) -> CameraSettings:
    """Return the settings for which the camera's level without light is measured once."""
    return spec.gain, spec.offset, spec.binning, spec.readout_mode


def look(
    context: Context, spec: FlatSpec, *, exposure_s: float, kind: Literal["FLAT", "DARKFLAT"] = "FLAT"
) -> FrameLevels:
    """Return the levels of a frame that is exposed and dropped.

    Raises:
        StepError: the camera failed, or the host cannot look at frames without keeping them.
        Cancelled: a stop was asked for.
    """
    context.cancellation.check()
    step = LookAtFrame(filter_name=spec.filter_name if kind == "FLAT" else "", exposure_s=exposure_s)
    request = FrameRequest(
        guid=new_guid(),
        kind=kind,
        exposure_s=exposure_s,
        target_name="",
        project_name="",
        session_id=0,
        number=1,
        **spec.model_dump(include={"filter_name", "gain", "offset", "binning", "readout_mode", "roi_percent"}),
    )
    try:
        meter = context.devices.frames
        if not isinstance(meter, FrameMeter):
            raise DeviceError("camera", "this host cannot measure a frame without saving it")
        return meter.measure(request)
    except DeviceError as error:
        raise StepError(step, error) from error


def max_adu(context: Context) -> int:
    """Return the highest level of the camera's pixels, in ADU.

    Raises:
        StepError: the camera does not tell.
    """
    camera = context.devices.camera
    try:
        return USUAL_MAX_ADU if camera is None else camera.max_adu
    except DeviceError as error:
        raise StepError(ReadRange(), error) from error

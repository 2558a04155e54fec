"""What is good to have with a frame, but never worth a frame: the weather, and the truth about it."""

from __future__ import annotations

import logging
from pathlib import Path

from hostsim.equipment.weatherstation import WeatherReading
from hostsim.saving.sidecar import write_truth
from hostsim.sequence.host import Host
from tsplug import DeviceError, FileError

_log = logging.getLogger(__name__)


def weather_now(host: Host) -> WeatherReading | None:
    """Return what the weather station shows, None without one, or when it does not tell."""
    station = host.rig.weather
    if station is None:
        return None
    try:
        return station.reading()
    except DeviceError as error:
        host.warn_once(f"{error}; frames are saved without the weather")
        return None


def tell_truth(frame: Path, *, host: Host) -> None:
    """Write what really is on the frame just taken beside it, where that is wanted and the simulators tell it."""
    if not host.truth or host.rig.camera is None:
        return
    try:
        write_truth(host.rig.camera.truth(), frame=frame)
    except (DeviceError, FileError) as error:
        _log.warning("%s: saved without its truth: %s", frame.name, error)

"""The camera."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from hostsim.clock import SimulatedClock
from hostsim.devices.camera import CameraConfig, CameraStatus
from hostsim.devices.configuration import ObservatoryConfig, standard_devices
from hostsim.devices.observatory import Observatory
from hostsim.devices.parts.cooler import CoolerConfig
from hostsim.devices.parts.errors import (
    InvalidOperationError,
    InvalidValueError,
    NotSupportedError,
    ParkedError,
    ValueNotSetError,
)
from hostsim.sky.scene import ReadoutMode, Sensor


def pass_time(observatory: Observatory, clock: SimulatedClock, seconds: float) -> None:
    clock.sleep(seconds)
    observatory.advance()


def test_an_exposure_runs_downloads_and_is_ready(observatory: Observatory, clock: SimulatedClock) -> None:
    """Ten seconds of exposure and one of download go by before the frame is there."""
    camera = observatory.camera
    camera.start_exposure(10, True)
    assert (camera.camera_state(), camera.image_ready()) == (CameraStatus.EXPOSING, False)
    pass_time(observatory, clock, 5)
    assert camera.percent_completed() == 50
    pass_time(observatory, clock, 5.5)
    assert (camera.camera_state(), camera.image_ready()) == (CameraStatus.DOWNLOAD, False)
    pass_time(observatory, clock, 1)
    assert (camera.camera_state(), camera.image_ready()) == (CameraStatus.IDLE, True)
    assert camera.image_array().pixels().shape == (1600, 1200)
    assert camera.last_exposure_duration() == 10
    assert camera.last_exposure_start_time() == "2026-11-20T20:00:00.000"


def test_a_jump_of_time_finishes_exposure_and_download(observatory: Observatory, clock: SimulatedClock) -> None:
    """The same is done in one step of time as in many."""
    observatory.camera.start_exposure(10, True)
    pass_time(observatory, clock, 11)
    assert observatory.camera.image_ready()


def test_a_frame_is_rendered_once_and_when_read(observatory: Observatory, clock: SimulatedClock, sky: Any) -> None:
    """Nobody pays for a frame that is not read, nor twice for one that is."""
    observatory.camera.start_exposure(1, True)
    pass_time(observatory, clock, 3)
    assert not sky.asked
    frame = observatory.camera.image_array()
    assert frame.pixels() is observatory.camera.image_array().pixels()
    assert len(sky.asked) == 1


def test_an_aborted_exposure_leaves_no_image(observatory: Observatory, clock: SimulatedClock) -> None:
    """After an abort the camera is idle and nothing ever becomes ready."""
    observatory.camera.start_exposure(10, True)
    pass_time(observatory, clock, 3)
    observatory.camera.abort_exposure()
    assert observatory.camera.camera_state() == CameraStatus.IDLE
    pass_time(observatory, clock, 30)
    assert not observatory.camera.image_ready()
    with pytest.raises(InvalidOperationError, match="no image"):
        observatory.camera.image_array()


def test_a_stopped_exposure_keeps_what_was_exposed(observatory: Observatory, clock: SimulatedClock, sky: Any) -> None:
    """After a stop the frame is that of the seconds it really took."""
    observatory.camera.start_exposure(100, True)
    pass_time(observatory, clock, 7)
    observatory.camera.stop_exposure()
    pass_time(observatory, clock, 2)
    observatory.camera.image_array().pixels()
    assert observatory.camera.last_exposure_duration() == 7
    assert sky.asked[0][1].duration_s == 7


def test_abort_and_stop_of_an_idle_camera_are_harmless(observatory: Observatory, clock: SimulatedClock) -> None:
    """A frame that is ready survives both."""
    observatory.camera.start_exposure(0, False)
    pass_time(observatory, clock, 2)
    observatory.camera.abort_exposure()
    observatory.camera.stop_exposure()
    assert observatory.camera.image_ready()


def test_a_second_exposure_is_refused(observatory: Observatory) -> None:
    """One exposure at a time."""
    observatory.camera.start_exposure(10, True)
    with pytest.raises(InvalidOperationError, match="under way"):
        observatory.camera.start_exposure(10, True)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"num_x": 1601}, "NumX must be 1 to 1600"),
        ({"num_y": 0}, "NumY must be 1"),
        ({"start_x": 1}, "NumX must be 1 to 1599"),
        ({"start_y": 1200, "num_y": 1}, "StartY must be 0 to 1199"),
        ({"bin_x": 2}, "NumX must be 1 to 800"),
    ],
)
def test_a_bad_subframe_is_refused_at_the_exposure(
    observatory: Observatory, settings: dict[str, int], message: str
) -> None:
    """Subframes are judged, in binned pixels, only when the exposure starts."""
    for name, value in settings.items():
        setattr(observatory.camera.state, name, value)
    with pytest.raises(InvalidValueError, match=message):
        observatory.camera.start_exposure(1, True)


def test_binning_sets_both_axes(observatory: Observatory) -> None:
    """Binning is symmetric, and leaves the subframe alone."""
    observatory.camera.set_bin_x(2)
    assert (observatory.camera.bin_y(), observatory.camera.num_x()) == (2, 1600)
    observatory.camera.set_bin_y(3)
    assert observatory.camera.bin_x() == 3


def test_values_out_of_range_are_refused(observatory: Observatory) -> None:
    """Binning, gain, offset, mode, set point and duration have limits."""
    camera = observatory.camera
    for setter, value in (
        (camera.set_bin_x, 0),
        (camera.set_bin_y, 5),
        (camera.set_gain, 301),
        (camera.set_offset, -1),
        (camera.set_readout_mode, 2),
        (camera.set_set_point, -273.25),
        (camera.set_set_point, 100),
    ):
        with pytest.raises(InvalidValueError):
            setter(value)
    with pytest.raises(InvalidValueError):
        camera.start_exposure(-1, True)


def test_what_the_camera_lacks_is_not_supported(observatory: Observatory) -> None:
    """A monochrome camera with gain values has no pattern, no gain names, no fast readout, no guiding."""
    camera = observatory.camera
    for lacking in (camera.bayer_offset_x, camera.bayer_offset_y, camera.gains, camera.offsets, camera.fast_readout):
        with pytest.raises(NotSupportedError):
            lacking()
    with pytest.raises(NotSupportedError):
        camera.pulse_guide(0, 100)


def test_there_is_no_last_exposure_before_the_first(observatory: Observatory) -> None:
    """Duration and start have no value yet."""
    with pytest.raises(ValueNotSetError):
        observatory.camera.last_exposure_duration()
    with pytest.raises(ValueNotSetError):
        observatory.camera.last_exposure_start_time()


def test_the_exposure_carries_the_settings(observatory: Observatory, clock: SimulatedClock, sky: Any) -> None:
    """Gain, offset, mode, binning, subframe and temperature of the frame are those set before it."""
    camera = observatory.camera
    camera.set_cooler_on(True)
    camera.set_set_point(-5.0)
    pass_time(observatory, clock, 120)
    camera.set_gain(200)
    camera.set_offset(30)
    camera.set_readout_mode(1)
    camera.set_bin_x(2)
    camera.set_start_x(10)
    camera.set_num_x(100)
    camera.set_num_y(50)
    camera.start_exposure(2, False)
    pass_time(observatory, clock, 4)
    assert camera.image_array().pixels().shape == (100, 50)
    taken = sky.asked[0][1]
    assert (taken.gain, taken.offset, taken.readout_mode, taken.bin_x, taken.bin_y) == (200, 30, 1, 2, 2)
    assert (taken.start_x, taken.start_y, taken.light, taken.ccd_temperature_c) == (10, 0, False, -5.0)
    assert 0 < camera.cooler_power() < 100


def configured(sky: Any, clock: SimulatedClock, **settings: Any) -> Observatory:
    made = Observatory(sky, clock, config=ObservatoryConfig(devices=standard_devices(CameraConfig(**settings))))
    made.camera.set_connected(True)
    return made


def test_asymmetric_binning_sets_one_axis(sky: Any, clock: SimulatedClock) -> None:
    """Each axis is binned on its own, and the frame is judged by its own axis."""
    observatory = configured(sky, clock, asymmetric_bin=True)
    camera = observatory.camera
    camera.set_bin_x(2)
    assert (camera.bin_x(), camera.bin_y(), camera.can_asymmetric_bin()) == (2, 1, True)
    with pytest.raises(InvalidValueError, match="NumX must be 1 to 800"):
        camera.start_exposure(1, True)
    camera.set_num_x(800)
    camera.start_exposure(1, True)
    pass_time(observatory, clock, 3)
    assert camera.image_array().pixels().shape == (800, 1200)


def test_gain_and_offset_by_name(sky: Any, clock: SimulatedClock) -> None:
    """The index is set and read; the sensor gets the value that the name stands for."""
    observatory = configured(
        sky,
        clock,
        gain_mode="index",
        gain_names=("Low", "High"),
        start_gain=0,
        offset_mode="none",
    )
    camera = observatory.camera
    assert camera.gains() == ["Low", "High"]
    low = camera.electrons_per_adu()
    camera.set_gain(1)
    assert (camera.gain(), camera.electrons_per_adu() < low) == (1, True)
    with pytest.raises(InvalidValueError):
        camera.set_gain(2)
    for refused in (camera.gain_min, camera.gain_max, camera.offset, camera.offset_min, camera.offset_max):
        with pytest.raises(NotSupportedError):
            refused()
    camera.start_exposure(1, True)
    pass_time(observatory, clock, 3)
    camera.image_array().pixels()
    assert (sky.asked[0][1].gain, sky.asked[0][1].offset) == (300, 50)


def test_fast_readout_is_fast(sky: Any, clock: SimulatedClock) -> None:
    """A frame is downloaded four times as fast."""
    observatory = configured(sky, clock, can_fast_readout=True)
    observatory.camera.set_fast_readout(True)
    assert observatory.camera.fast_readout()
    observatory.camera.start_exposure(1, True)
    pass_time(observatory, clock, 1.3)
    assert observatory.camera.image_ready()


def test_sub_exposures_can_be_set(sky: Any, clock: SimulatedClock) -> None:
    """Where there are any, their duration is kept."""
    camera = configured(sky, clock, sub_exposure_s=0.5).camera
    assert camera.sub_exposure() == 0.5
    camera.set_sub_exposure(2.0)
    assert camera.sub_exposure() == 2.0
    with pytest.raises(InvalidValueError):
        camera.set_sub_exposure(-1)


def test_the_guide_port_moves_the_mount(sky: Any, clock: SimulatedClock) -> None:
    """A pulse is under way for its time, and the telescope points elsewhere afterwards."""
    observatory = configured(sky, clock, can_pulse_guide=True)
    camera, telescope = observatory.camera, observatory.telescope
    with pytest.raises(ParkedError):
        camera.pulse_guide(0, 1000)
    telescope.unpark()
    telescope.slew_to_alt_az_async(120, 40)
    pass_time(observatory, clock, 300)
    before = telescope.declination()
    camera.pulse_guide(0, 1000)
    assert camera.is_pulse_guiding()
    pass_time(observatory, clock, 2)
    assert not camera.is_pulse_guiding()
    assert telescope.declination() - before == pytest.approx(0.0041781, rel=0.05)
    with pytest.raises(InvalidValueError):
        camera.pulse_guide(4, 1000)


def test_a_camera_without_a_cooler_follows_the_air(sky: Any, clock: SimulatedClock) -> None:
    """Every member of the cooler is refused; the sensor is as warm as the air."""
    camera = configured(sky, clock, cooler=None).camera
    refused = (camera.cooler_on, camera.cooler_power, camera.set_point, camera.heat_sink_temperature)
    for one in (*refused, lambda: camera.set_set_point(0.0), lambda: camera.set_cooler_on(True)):
        with pytest.raises(NotSupportedError):
            one()
    assert (camera.can_set_ccd_temperature(), camera.can_get_cooler_power()) == (False, False)
    assert camera.ccd_temperature() == 10.0


def test_a_simple_cooler_is_only_switched(sky: Any, clock: SimulatedClock) -> None:
    """It neither takes a temperature nor tells its power."""
    camera = configured(sky, clock, cooler=CoolerConfig(regulated=False, tells_power=False)).camera
    camera.set_cooler_on(True)
    assert camera.cooler_on()
    for one in (camera.cooler_power, camera.set_point, lambda: camera.set_set_point(0.0)):
        with pytest.raises(NotSupportedError):
            one()


def test_a_camera_may_neither_stop_nor_abort(sky: Any, clock: SimulatedClock) -> None:
    """Both are refused, idle or not."""
    camera = configured(sky, clock, can_stop=False, can_abort=False).camera
    assert (camera.can_stop(), camera.can_abort()) == (False, False)
    for one in (camera.stop_exposure, camera.abort_exposure):
        with pytest.raises(NotSupportedError):
            one()


def test_without_a_shutter_a_dark_is_a_light(sky: Any, clock: SimulatedClock) -> None:
    """Nothing keeps the light away."""
    observatory = configured(sky, clock, has_shutter=False)
    observatory.camera.start_exposure(1, False)
    pass_time(observatory, clock, 3)
    observatory.camera.image_array().pixels()
    assert sky.asked[0][1].light


def test_a_colour_camera_tells_its_pattern(sky: Any, clock: SimulatedClock) -> None:
    """A camera with a mosaic says so and where it begins; its conversion follows gain and readout mode."""
    modes = (ReadoutMode("Low", 3.0, 0), ReadoutMode("High", 1.0, 0, gain_factor=2.0))
    sensor = Sensor(bayer=True, bayer_offset=(1, 0), readout_modes=modes)
    camera = configured(sky, clock, sensor=sensor).camera
    assert (camera.sensor_type(), camera.bayer_offset_x(), camera.bayer_offset_y()) == (2, 1, 0)
    before = camera.electrons_per_adu()
    camera.set_readout_mode(1)
    assert camera.electrons_per_adu() == pytest.approx(before / 2.0)


def test_a_camera_with_colour_planes_has_no_pattern(sky: Any, clock: SimulatedClock) -> None:
    """It says that it sends colours, tells no offset of a mosaic, and its frame has red, green and blue."""
    observatory = configured(sky, clock, sensor=Sensor(bayer=True), colour_planes=True)
    camera = observatory.camera
    assert camera.sensor_type() == 1
    for lacking in (camera.bayer_offset_x, camera.bayer_offset_y):
        with pytest.raises(NotSupportedError):
            lacking()
    camera.start_exposure(1, True)
    pass_time(observatory, clock, 3)
    assert camera.image_array().pixels().shape == (1600, 1200, 3)


def test_colour_planes_need_a_mosaic() -> None:
    """A monochrome sensor has no colours to tell apart."""
    with pytest.raises(ValidationError, match="set bayer of the sensor"):
        CameraConfig(colour_planes=True)

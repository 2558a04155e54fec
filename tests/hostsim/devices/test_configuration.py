"""What an observatory may consist of."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pydantic import ValidationError

from hostsim.clock import SimulatedClock
from hostsim.devices.camera import CameraConfig
from hostsim.devices.configuration import ObservatoryConfig, standard_devices
from hostsim.devices.filterwheel import FilterWheelConfig
from hostsim.devices.focuser import Focuser, FocuserConfig
from hostsim.devices.observatory import Observatory, make_observatory
from hostsim.devices.rotator import Rotator
from hostsim.devices.telescope import TelescopeConfig
from hostsim.sky.scene import Optics, Sensor


def test_one_of_each_kind_is_the_standard() -> None:
    """Ten kinds, all number 0, and a changed device takes the place of the standard one."""
    config = ObservatoryConfig(devices=standard_devices(FocuserConfig(name="Mine")))
    assert len({device.kind for device in config.devices}) == len(config.devices) == 10
    assert {device.number for device in config.devices} == {0}
    assert config.of(FocuserConfig)[0].name == "Mine"


def test_devices_are_numbered_by_order_and_have_their_own_ids() -> None:
    """Two focusers are 0 and 1; ids differ, are the same each time, and those that are written stay."""
    devices = (FocuserConfig(), CameraConfig(), FocuserConfig(unique_id="mine"))
    config, again = ObservatoryConfig(devices=devices), ObservatoryConfig(devices=devices)
    assert [(device.kind, device.number) for device in config.devices] == [
        ("focuser", 0),
        ("camera", 0),
        ("focuser", 1),
    ]
    assert [device.unique_id for device in config.devices] == [device.unique_id for device in again.devices]
    assert config.devices[2].unique_id == "mine"
    assert len({device.unique_id for device in config.devices}) == 3
    other = ObservatoryConfig(name="other", devices=devices)
    assert other.devices[0].unique_id != config.devices[0].unique_id


def test_a_configuration_survives_json() -> None:
    """Written and read, it is the same."""
    config = ObservatoryConfig(devices=(TelescopeConfig(), CameraConfig(), CameraConfig(max_bin=2)))
    assert ObservatoryConfig.model_validate(json.loads(config.model_dump_json())) == config


@pytest.mark.parametrize(
    ("devices", "message"),
    [
        ([{"kind": "kettle"}], "kettle"),
        ([{"kind": "focuser", "max_stop": 1}], "max_stop"),
        ([{"kind": "camera", "sensor": {"widht": 1}}], "widht"),
        ([{"kind": "focuser", "number": 1}], "number 0 in this order"),
        ([{"kind": "focuser", "unique_id": "a"}, {"kind": "dome", "unique_id": "a"}], "unique_id a"),
        ([{"kind": "focuser", "max_step": 10, "start_step": 1, "max_increment": 11}], "to max_step, 10, not 11"),
        ([{"kind": "camera", "gain_mode": "index"}], "Gain by index needs names"),
        ([{"kind": "telescope", "tracking_rates": [1]}], "must hold 0"),
        ([{"kind": "telescope", "abilities": {"park": False}}], "cannot unpark"),
        ([{"kind": "telescope", "abilities": {"set_tracking": False}}], "never tracks"),
        (
            [{"kind": "telescope", "axis_rates": [{"lowest_deg_per_s": 3, "highest_deg_per_s": 2}]}],
            "_per_s, 2, not 3",
        ),
        ([], "at least 1"),
    ],
)
def test_what_makes_no_sense_is_refused(devices: list[dict[str, Any]], message: str) -> None:
    """The error names what is wrong."""
    with pytest.raises(ValidationError, match=message):
        ObservatoryConfig.model_validate({"devices": devices})


def test_devices_of_one_number_belong_together(sky: Any, clock: SimulatedClock) -> None:
    """Camera 1 looks through focuser 1, and through the only telescope there is."""
    devices = (
        TelescopeConfig(optics=Optics(focal_length_mm=900.0)),
        *(CameraConfig(), CameraConfig()),
        *(FocuserConfig(start_step=100), FocuserConfig(start_step=200)),
        *(FilterWheelConfig(), FilterWheelConfig(filters=("Clear",), focus_offsets_steps=(7,))),
    )
    observatory = Observatory(sky, clock, config=ObservatoryConfig(devices=devices))
    assert [observatory.light_path(number).focuser_position for number in range(2)] == [100, 200]
    assert [observatory.light_path(number).filter_name for number in range(2)] == ["L", "Clear"]
    assert observatory.config.optics_of(1) == Optics(focal_length_mm=900.0, filter_focus_steps={"Clear": 7})
    observatory.device(Focuser, 1).move(300)
    clock.sleep(10)
    saved = observatory.snapshot()
    assert set(saved["devices"]) >= {"focuser/0", "focuser/1", "camera/1"}
    twin = Observatory(sky, clock, config=observatory.config)
    twin.restore(saved)
    assert [one.position() for one in twin.of(Focuser)] == [100, 300]


def test_an_observatory_may_lack_everything_but_a_camera(sky: Any, clock: SimulatedClock) -> None:
    """The camera then looks at the pole, in focus, through clear glass; what is not there is named."""
    observatory = Observatory(sky, clock, config=ObservatoryConfig(devices=(CameraConfig(),)))
    path = observatory.light_path()
    assert (path.dec_deg, path.altitude_deg, path.filter_name) == (90.0, 90.0, "")
    assert path.focuser_position == Optics().best_focus_steps
    assert (path.cover_closed, path.panel_level, path.tracking) == (False, 0.0, True)
    with pytest.raises(LookupError, match="no Rotator 0"):
        observatory.device(Rotator)
    assert observatory.config.telescope == TelescopeConfig()


def test_every_camera_has_a_sky_that_fits_its_sensor(clock: SimulatedClock) -> None:
    """Two cameras of different size over the same seed each give frames of their own size."""
    cameras = tuple(CameraConfig(sensor=Sensor(width=width, height=40)) for width in (64, 48))
    observatory = make_observatory(ObservatoryConfig(devices=(TelescopeConfig(), *cameras)), clock, seed=3)
    for device in observatory.devices[1:]:
        device.set_connected(True)
        device.perform(device.members.puts["startexposure"], 1.0, True)
    clock.sleep(5)
    observatory.advance()
    shapes = [device.perform(device.members.gets["imagearray"]).pixels().shape for device in observatory.devices[1:]]
    assert shapes == [(64, 40), (48, 40)]


def test_the_newest_interface_is_that_of_the_device(sky: Any, clock: SimulatedClock) -> None:
    """A configuration may ask for every version up to the one its device has."""
    observatory = Observatory(sky, clock)
    newest = {device.device_type: device.config.newest_interface for device in observatory.devices}
    assert newest == {device.device_type: device.interface_version for device in observatory.devices}

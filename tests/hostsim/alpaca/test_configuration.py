"""The file that describes servers and devices."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from hostsim.alpaca.configuration import read_service_config
from hostsim.alpaca.errors import ServiceConfigError
from hostsim.alpaca.images import ElementType
from hostsim.devices.camera import CameraConfig
from hostsim.devices.filterwheel import FilterWheelConfig

EXAMPLE = Path(__file__).parents[3] / "docs" / "examples" / "observatory.toml"
FAULT = "[[servers]]\n[[servers.faults]]\n"
FOCUSER = "[[servers.devices]]\nkind = 'focuser'\n"
CAMERA = '[[servers]]\n[[servers.devices]]\nkind = "camera"\n'
Problems = Callable[[str], list[str]]


@pytest.fixture
def problems(tmp_path: Path) -> Problems:
    """Return what is wrong with a text, without the name of the file."""

    def of(text: str) -> list[str]:
        file = tmp_path / "servers.toml"
        file.write_text(text, encoding="utf-8")
        with pytest.raises(ServiceConfigError) as caught:
            read_service_config(file)
        assert all(problem.startswith(f"{file}:") for problem in caught.value.problems)
        return [problem.removeprefix(f"{file}:").strip() for problem in caught.value.problems]

    return of


def test_the_example_is_valid() -> None:
    """The documented example describes what it says it does."""
    imaging, weather = read_service_config(EXAMPLE).servers
    assert (imaging.name, imaging.port, weather.port) == ("Imaging", 32_323, 32_324)
    observatory = imaging.observatory()
    cameras = observatory.of(CameraConfig)
    assert [(camera.number, camera.sensor.width) for camera in cameras] == [(0, 3124), (1, 640)]
    assert observatory.of(FilterWheelConfig)[0].filters == ("L", "R", "G", "B", "Ha")
    assert [device.kind for device in weather.devices] == ["safetymonitor", "observingconditions", "switch"]


def test_what_is_not_written_is_as_usual(tmp_path: Path) -> None:
    """A server without devices has one of each kind; its address is the usual one."""
    file = tmp_path / "servers.toml"
    file.write_text('[[servers]]\nimage_element = "int32"\n', encoding="utf-8")
    (server,) = read_service_config(file).servers
    assert (server.bind, server.port, server.discovery_port) == ("127.0.0.1", 32_323, 32_227)
    assert server.element is ElementType.INT32
    assert len({device.kind for device in server.observatory().devices}) == 10


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "1: servers: is missing"),
        ("x = 1\n[[servers]]", "1: x: unknown key"),
        ("[[servers]]\nprot = 1", "2: servers[0].prot: unknown key"),
        ("[[servers]]\n\nport = 70000", "3: servers[0].port: must be from 0 to 65535, not 70000"),
        (CAMERA + "[servers.devices.sensor]\nwidht = 5", "5: servers[0].devices[0].sensor.widht: unknown key"),
        (CAMERA + "sensor = { widht = 5 }", "4: servers[0].devices[0].sensor.widht: unknown key"),
        (CAMERA + "max_bin = 0", "4: servers[0].devices[0].max_bin: must be from 1 to 64, not 0"),
        (CAMERA + "sensor = { width = 0 }", "4: servers[0].devices[0].sensor.width: must be from 1 to 20000, not 0"),
        (
            CAMERA + "sensor.pixel_um = nan",
            "4: servers[0].devices[0].sensor.pixel_um: must be a finite number",
        ),
        (CAMERA + "start_gain = 900", "4: servers[0].devices[0].start_gain: must be from 0 to 300, not 900"),
        (
            CAMERA + "sensor.gain_min = -1",
            "4: servers[0].devices[0].sensor.gain_min: must be from 0 to 2000000000",
        ),
        (CAMERA + "sensor.bayer_offset = [0, 2]", "4: servers[0].devices[0].sensor.bayer_offset: must be 0 or 1 each"),
        (CAMERA + "sensor.adc_bits = 13", "4: servers[0].devices[0].sensor.adc_bits: must be 12, 14 or 16, not 13"),
        (CAMERA + "sensor.readout_modes = []", "4: servers[0].devices[0].sensor.readout_modes: a camera has at least"),
        ("[[servers]]\n[[servers.devices]]\nname = 'x'", "2: servers[0].devices[0]: `kind` is missing"),
        (
            "[[servers]]\n[[servers.devices]]\nkind = 'toaster'",
            "2: servers[0].devices[0]: unknown kind 'toaster'; known",
        ),
        (FAULT + "type = 'gremlins'", "2: servers[0].faults[0]: unknown type 'gremlins'; known"),
        (FAULT + "after_s = 3", "2: servers[0].faults[0]: `type` is missing: it says which fault this is"),
        (FAULT + "type = 'panel_dims'\nto = 2", "4: servers[0].faults[0].to: must be less than 1, not 2"),
        (FAULT + "type = 'wheel_stuck'\nnumber = 1", "2: servers[0].faults[0]: this server has no filterwheel 1"),
        (FAULT + "type = 'save_folder_full'", "2: servers[0].faults[0]: happens to the host that saves frames"),
        ("[[servers]]\ndevices = []", "2: servers[0].devices: must not be an empty list"),
        (
            f"[[servers]]\n{FOCUSER}unique_id = 'a'\n[[servers]]\nname = 'b'\nport = 1\n{FOCUSER}unique_id = 'A'",
            "10: servers[1].devices[0].unique_id: 2 devices have the unique_id 'a'",
        ),
        ("[[servers]]\n[[servers]]\nport = 1", "2: servers[1]: 2 servers are called 'hostsim'"),
        ("[[servers]]\n[[servers]]\nname = 'b'", "2: servers[1]: 2 servers listen on 127.0.0.1:32323"),
    ],
)
def test_a_problem_has_its_place(problems: Problems, text: str, problem: str) -> None:
    """What is wrong is said with its line, its path and what it must be."""
    (found,) = problems(text)
    assert found.startswith(problem)


def test_every_problem_is_told(problems: Problems) -> None:
    """All problems are told at once, in the order they stand in the file."""
    wheel = '[[servers.devices]]\nkind = "filterwheel"\nfilters = ["L", "R"]\n'
    found = problems("[[servers]]\nport = -1\nbnid = 'x'\n" + wheel + "slot_s = 0\n")
    assert [line.partition(":")[0] for line in found] == ["2", "3", "7"]


def test_filters_and_offsets_must_match(problems: Problems) -> None:
    """A wheel with more offsets than filters is told by the numbers of both."""
    (found,) = problems(
        '[[servers]]\n[[servers.devices]]\nkind = "filterwheel"\nfilters = ["L", "R"]\nfocus_offsets_steps = [1]\n'
    )
    assert "5: servers[0].devices[0].focus_offsets_steps: 2 filters, but 1 focus offsets" in found


def test_what_is_no_toml_has_its_line(problems: Problems) -> None:
    """A text that cannot be read is told with line and column."""
    (found,) = problems("[[servers]]\nport = = 3\n")
    assert found.startswith("2: ")
    assert "column 8" in found
    assert problems("[[servers]]\nname = 'x")[0].startswith("2: ")


@pytest.mark.parametrize("text", ["x = " + "9" * 5000, "x = " + "[" * 20_000])
def test_what_python_cannot_hold_is_one_line(problems: Problems, text: str) -> None:
    """Numbers without end and lists without end are refused like any other mistake."""
    assert problems(text) == ["1: a number has too many digits, or lists are nested too deeply"]


def test_a_file_that_is_not_there_is_one_clear_error(tmp_path: Path) -> None:
    """The file is named."""
    with pytest.raises(ServiceConfigError, match=r"gone.toml: there is no such file"):
        read_service_config(tmp_path / "gone.toml")
    (tmp_path / "odd.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(ServiceConfigError, match=r"odd.toml: cannot be read"):
        read_service_config(tmp_path / "odd.toml")


def test_a_server_has_the_nights_of_its_scenario(tmp_path: Path) -> None:
    """By name, or from a file beside the configuration; what is wrong with it is told with its line."""
    (tmp_path / "mine.yaml").write_text("wind: {mean_m_per_s: 9}\n", encoding="utf-8")
    file = tmp_path / "service.toml"
    file.write_text(
        '[[servers]]\nname = "a"\nport = 0\nscenario = "dew"\n'
        '[[servers]]\nname = "b"\nport = 0\nscenario = "mine.yaml"\n',
        encoding="utf-8",
    )
    dewy, windy = (server.observatory() for server in read_service_config(file).servers)
    assert (dewy.scenario.name, windy.scenario.wind.mean_m_per_s) == ("dew", 9)
    file.write_text('[[servers]]\nport = 0\nscenario = "ghosts"\n', encoding="utf-8")
    with pytest.raises(ServiceConfigError, match=r"service\.toml:3: servers\[0\]\.scenario: there is no scenario"):
        read_service_config(file)


DEVICE = "[[servers]]\n[[servers.devices]]\n"


@pytest.mark.parametrize(
    ("kind", "text", "problem"),
    [
        ("switch", "switches = [{ name = 'a', high = 1e300, step = 1e-300 }]", "switches[0].high: must be from"),
        ("camera", "sensor = { bayer_offset = [] }", "sensor.bayer_offset[0]: is missing"),
        ("switch", "switches = [{ name = 'a', low = -inf, high = 1 }]", "switches[0].low: must be a number from"),
        ("switch", "switches = [{ name = 'a', step = 0.3 }]", "switches[0].step: a: must go a whole number of times"),
        ("switch", "switches = [{ name = 'a', start = 3 }]", "switches[0].start: a: must be low 0 to high 1, not 3"),
        ("camera", "exposure_min_s = 9\nexposure_max_s = 1", "exposure_min_s: must be up to exposure_max_s, 1, not 9"),
        ("camera", "max_bin = 9\nsensor = { width = 8 }", "max_bin: must be from 1 to 8, the pixels of the sensor"),
        ("camera", "sensor = { readout_modes = [{ name = '', read_noise_e = 1, bias_adu = 0 }] }", "sensor.readout"),
        (
            "camera",
            "sensor.gain_min = 9\nsensor.gain_max = 8\nstart_gain = 8",
            "start_gain: must be from 9 to 8, not 8",
        ),
        ("focuser", "max_step = 3000000000", "max_step: must be from 1 to 2000000000, not 3000000000"),
        (
            "focuser",
            f"max_step = {'9' * 400}",
            "max_step: must be a whole number from 1 to 2000000000, not a number of",
        ),
        ("covercalibrator", "max_brightness = 3000000000", "max_brightness: must be from 1 to 2000000000"),
        ("filterwheel", "filters = ['a']\nfocus_offsets_steps = [3000000000]", "focus_offsets_steps[0]: must be from"),
        ("covercalibrator", "interface_version = 99", "interface_version: must be from 1 to 2, the newest there is"),
        ("dome", "connect_s = inf", "connect_s: must be a number from 0 to 3600, not inf"),
        ("rotator", "step_deg = 900", "step_deg: must be from 0.0001 to 45, not 900"),
        ("observingconditions", "humidity = { low = 5, high = 150 }", "humidity.high: must be from 0 to 100, not 150"),
        (
            "observingconditions",
            "wind_direction = { low = 0, high = 999 }",
            "wind_direction.high: must be from 0 to 360",
        ),
        ("observingconditions", "temperature = 'warm'", "temperature: must be 'sky', not 'warm'"),
        ("observingconditions", "temperature = { low = 1 }", "temperature.high: is missing"),
        (
            "telescope",
            "mount.start = { reference = 'sky', hours = 30, dec_deg = 0 }",
            "mount.start.hours: must be from",
        ),
        ("telescope", "axis_rates = []", "axis_rates: a mount that moves its axes needs a range of rates"),
        ("telescope", "tracking_rates = [0, 0]", "tracking_rates: the tracking rates must hold 0"),
        ("telescope", "optics.filter_focus_steps = { L = 3000000000 }", "optics.filter_focus_steps.L: must be from"),
        ("dome", "driver_version = 'x'", "driver_version: must be a version such as 1.0, not 'x'"),
        ("dome", "can_park = 7", "can_park: must be true or false, not 7"),
        ("dome", "name = 1979-05-27", "name: must be a text, not 1979-05-27"),
        ("dome", "shutter_s = '5'", "shutter_s: must be a number from 0.001 to 3600, not '5'"),
        ("dome", "number = 3", "number: dome 3 (without a name) is number 0 in this order"),
        ("filterwheel", "filters = 'LRGB'", "filters: must be a list, in [ ], not 'LRGB'"),
    ],
)
def test_what_cannot_be_is_refused(problems: Problems, kind: str, text: str, problem: str) -> None:
    """Field, value and range of what no device could be are told, and nothing else of it."""
    found = problems(f"{DEVICE}kind = '{kind}'\n{text}\n")
    assert all(each.partition(":")[0] in "2456" for each in found)
    assert [each for each in found if f"servers[0].devices[0].{problem}" in each]
    assert not [each for each in found if "Input" in each or "Tuple" in each or "Value error" in each]


def test_an_angle_that_is_no_number_is_refused(problems: Problems) -> None:
    """The server's own numbers have ranges too."""
    assert problems("[[servers]]\ncamera_angle_deg = nan") == [
        "2: servers[0].camera_angle_deg: must be a number from -360 to 360, not nan"
    ]


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("[servers]\nport = 1", "1: servers: must be a list: write [[servers]] instead of [servers]"),
        (
            "[[servers]]\n[servers.devices]\nkind = 'dome'",
            "2: servers[0].devices: must be a list: write [[servers.devices]] instead of [servers.devices]",
        ),
    ],
)
def test_single_brackets_are_told_from_double_ones(problems: Problems, text: str, hint: str) -> None:
    """Whoever writes a table where a list of tables belongs is told how."""
    assert problems(text) == [hint]


def test_different_kinds_of_problems_are_told_together(problems: Problems) -> None:
    """A wrong field of one device hides neither what is implausible in another nor what servers have in common."""
    text = f"[[servers]]\nbind = 3\n{FOCUSER}max_step = 0\n{FOCUSER}number = 4\n[[servers]]\n"
    found = problems(text + "[[servers.devices]]\nkind = 'camera'\nsensor = { width = 0 }\nmax_bin = 1\n")
    assert [line.partition(":")[0] for line in found] == ["2", "5", "8", "9", "12"]


def test_false_switches_optional_parts_off(tmp_path: Path) -> None:
    """A cooler, a sensor or a step that is not there is written as false."""
    file = tmp_path / "servers.toml"
    weather = "[[servers.devices]]\nkind = 'observingconditions'\nhumidity = false\ntemperature = false\n"
    text = f"{CAMERA}cooler = false\n{weather}{FOCUSER}step_um = false\n"
    file.write_text(text, encoding="utf-8")
    (server,) = read_service_config(file).servers
    camera, sensors, focuser = (device.model_dump() for device in server.devices)
    assert (camera["cooler"], sensors["humidity"], sensors["temperature"], focuser["step_um"]) == (None,) * 4
    assert sensors["pressure"] is not None


def test_what_follows_from_a_field_need_not_be_written(tmp_path: Path) -> None:
    """Offsets follow from the names of filters, the start of a focuser from its range."""
    file = tmp_path / "servers.toml"
    wheel = "[[servers.devices]]\nkind = 'filterwheel'\nfilters = ['Clear', 'Ha']\n"
    file.write_text(f"[[servers]]\n{wheel}{FOCUSER}max_step = 1000\n", encoding="utf-8")
    first, second = (device.model_dump() for device in read_service_config(file).servers[0].devices)
    assert first["focus_offsets_steps"] == (0, 90)
    assert second["start_step"] == 500

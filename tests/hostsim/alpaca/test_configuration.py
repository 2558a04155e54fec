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
        ("[[servers]]\n\nport = 70000", "3: servers[0].port: Input should be less than or equal to 65535"),
        (CAMERA + "[servers.devices.sensor]\nwidht = 5", "5: servers[0].devices[0].sensor.widht: unknown key"),
        (CAMERA + "sensor = { widht = 5 }", "4: servers[0].devices[0].sensor.widht: unknown key"),
        (CAMERA + "max_bin = 0", "4: servers[0].devices[0].max_bin: Input should be greater than or equal to 1"),
        (CAMERA + "sensor = { width = 0 }", "4: servers[0].devices[0].sensor.width: must be 1 to 20000, not 0"),
        (CAMERA + "sensor.pixel_um = nan", "4: servers[0].devices[0].sensor.pixel_um: must be 0.1 to 100, not nan"),
        (CAMERA + "start_gain = 900", "2: servers[0].devices[0]: "),
        (CAMERA + "sensor.gain_min = -1", "4: servers[0].devices[0].sensor.gain_min: gains go from -1 to 300"),
        (CAMERA + "sensor.bayer = true", "4: servers[0].devices[0].sensor.bayer: the simulated sky is monochrome"),
        (CAMERA + "sensor.readout_modes = []", "4: servers[0].devices[0].sensor.readout_modes: a camera has at least"),
        ("[[servers]]\n[[servers.devices]]\nname = 'x'", "2: servers[0].devices[0]: `kind` is missing"),
        (
            "[[servers]]\n[[servers.devices]]\nkind = 'toaster'",
            "2: servers[0].devices[0]: unknown kind 'toaster'; known",
        ),
        ("[[servers]]\ndevices = []", "2: servers[0].devices: Tuple should have at least 1 item"),
        (
            f"[[servers]]\n{FOCUSER}unique_id = 'a'\n[[servers]]\nname = 'b'\nport = 1\n{FOCUSER}unique_id = 'A'",
            "1: 2 devices have the unique_id 'a'",
        ),
        ("[[servers]]\n[[servers]]\nport = 1", "1: 2 servers are called 'hostsim'"),
        ("[[servers]]\n[[servers]]\nname = 'b'", "1: 2 servers listen on 127.0.0.1:32323"),
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
    (found,) = problems('[[servers]]\n[[servers.devices]]\nkind = "filterwheel"\nfilters = ["L", "R"]\n')
    assert "2 filters, but 7 focus offsets" in found


def test_what_is_no_toml_has_its_line(problems: Problems) -> None:
    """A text that cannot be read is told with line and column."""
    assert "line 2" in problems("[[servers]]\nport = = 3\n")[0]


def test_a_file_that_is_not_there_is_one_clear_error(tmp_path: Path) -> None:
    """The file is named."""
    with pytest.raises(ServiceConfigError, match=r"gone.toml: there is no such file"):
        read_service_config(tmp_path / "gone.toml")
    (tmp_path / "odd.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(ServiceConfigError, match=r"odd.toml: cannot be read"):
        read_service_config(tmp_path / "odd.toml")

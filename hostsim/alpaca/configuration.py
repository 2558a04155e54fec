"""The file that describes which servers there are and what devices each has: TOML, validated, with places."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path as FilePath
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, TypeAdapter, ValidationError, ValidationInfo, model_validator

from hostsim.alpaca.contradictions import contradictions, device_tables
from hostsim.alpaca.discovery import DISCOVERY_PORT
from hostsim.alpaca.errors import ServiceConfigError
from hostsim.alpaca.images import ElementType
from hostsim.alpaca.plausible import implausible
from hostsim.alpaca.toml_lines import Path, dotted, line_numbers, nearest_line
from hostsim.alpaca.wording import problems
from hostsim.devices.configuration import AnyDeviceConfig, ObservatoryConfig, standard_devices
from hostsim.devices.parts.limits import Between, FaultyError, Part
from hostsim.faults.parts.fault import FolderFault
from hostsim.faults.parts.schedule import FaultSchedule
from hostsim.sky.scenario import CLEAR, Scenario, read_scenario

ALPACA_PORT = 32_323
"""The port of the reference simulators, and of ours."""

MOST_SEED = 2**63 - 1
"""The largest seed of a sky."""

_Port = Annotated[int, Between(ge=0, le=65_535)]


def _chosen(value: Any, info: ValidationInfo) -> Any:
    if not isinstance(value, str):
        return value
    return read_scenario(value, folder=(info.context or {}).get("folder"))


ChosenScenario = Annotated[Scenario, BeforeValidator(_chosen)]
"""A scenario, in a file given by its name or path; relative paths start at the context's ``folder``."""


class ServerConfig(Part):
    """One server: where it listens, how it shows itself, and its devices."""

    name: str = Field(default="hostsim", min_length=1, description="The name of the server, different for each.")
    location: str = Field(default="simulated", description="Where the server says that it stands.")
    bind: str = Field(default="127.0.0.1", min_length=1, description="The address to listen on.")
    port: _Port = Field(default=ALPACA_PORT, description="The port; 0 takes any free one.")
    discovery_port: _Port = Field(default=DISCOVERY_PORT, description="The UDP port of discovery; 0 is no discovery.")
    seed: Annotated[int, Between(ge=0, le=MOST_SEED)] = Field(
        default=1, description="The seed of the sky over this server's telescopes."
    )
    image_element: (
        Literal["int16", "int32", "double", "single", "uint64", "byte", "int64", "uint16", "uint32"] | None
    ) = Field(default=None, description="How pixels travel; the narrowest type that holds each frame if absent.")
    camera_angle_deg: Annotated[float, Between(ge=-360, le=360)] = Field(
        default=0.0, description="The position angle of the frame at rotator angle 0."
    )
    scenario: ChosenScenario = Field(
        default=CLEAR, description="What happens in its nights: the name of a scenario, or a file beside this one."
    )
    devices: tuple[AnyDeviceConfig, ...] = Field(
        default_factory=standard_devices, min_length=1, description="The devices; one of each kind if absent."
    )
    faults: FaultSchedule = Field(default=(), description="What goes wrong, counted from the start of the server.")

    def observatory(self) -> ObservatoryConfig:
        """Return the observatory that is served."""
        return ObservatoryConfig(
            name=self.name,
            devices=self.devices,
            camera_angle_deg=self.camera_angle_deg,
            scenario=self.scenario,
        )

    @property
    def element(self) -> ElementType | None:
        """Return how pixels travel, None for the narrowest type."""
        return None if self.image_element is None else ElementType[self.image_element.upper()]


class ServiceConfig(Part):
    """All servers of one process."""

    servers: tuple[ServerConfig, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _different(self) -> ServiceConfig:
        plain = {"servers": [_without_numbers(server) for server in self.servers]}
        if faults := list(contradictions(plain, _USUAL)):
            raise FaultyError(faults)
        return self


def _without_numbers(server: ServerConfig) -> dict[str, Any]:
    # Where no number is written, that of the model is only a default.
    devices = [device.model_dump(include=device.model_fields_set | {"kind"}) for device in server.devices]
    return {"name": server.name, "bind": server.bind, "port": server.port, "devices": devices}


_USUAL = {name: field.default for name, field in ServerConfig.model_fields.items()}
_DEVICE: TypeAdapter[Any] = TypeAdapter(AnyDeviceConfig)


def read_service_config(file: FilePath) -> ServiceConfig:
    """Read and validate a configuration file.

    Raises:
        ServiceConfigError: it cannot be read or is wrong; the text holds every problem as ``FILE:LINE: path: message``.
    """
    text = _text(file)
    data = _data(file, text)
    found = dict.fromkeys((*_implausible(data), *contradictions(data, _USUAL)))
    try:
        config = ServiceConfig.model_validate(data, context={"folder": file.parent})
    except ValidationError as error:
        found |= dict.fromkeys(problems(error, data))
    else:
        found |= dict.fromkeys(_faults_of_nothing(config))
    if found:
        raise ServiceConfigError(_shown(file, list(found), lines=line_numbers(text)))
    return config


def _implausible(data: dict[str, Any]) -> Iterator[tuple[Path, str]]:
    """Return what is implausible in those devices that are valid in themselves, whatever the others are."""
    for place, written in device_tables(data):
        try:
            device = _DEVICE.validate_python(written)
        except ValidationError:
            continue
        yield from (((*place, *path), text) for path, text in implausible(device))


def _data(file: FilePath, text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        at = re.search(r"at line (\d+)", str(error))
        raise ServiceConfigError([f"{file}:{at[1] if at else max(1, len(text.splitlines()))}: {error}"]) from None
    except (ValueError, RecursionError):
        # What Python cannot hold has no place in its errors.
        raise ServiceConfigError([f"{file}:1: a number has too many digits, or lists are nested too deeply"]) from None


def _text(file: FilePath) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise ServiceConfigError([f"{file}: there is no such file"]) from None
    except (OSError, UnicodeDecodeError) as error:
        raise ServiceConfigError([f"{file}: cannot be read ({error})"]) from None


def _faults_of_nothing(config: ServiceConfig) -> list[tuple[Path, str]]:
    found: list[tuple[Path, str]] = []
    for index, server in enumerate(config.servers):
        devices = {(device.kind, device.number) for device in server.observatory().devices}
        for number, fault in enumerate(server.faults):
            if isinstance(fault, FolderFault):
                said = "happens to the host that saves frames: put it into a sequence"
                found.append((("servers", index, "faults", number), said))
            elif fault.wanted is not None and fault.wanted not in devices:
                kind, wanted = fault.wanted
                found.append((("servers", index, "faults", number), f"this server has no {kind} {wanted}"))
    return found


def _shown(file: FilePath, found: list[tuple[Path, str]], *, lines: dict[Path, int]) -> list[str]:
    placed = sorted((nearest_line(lines, path), dotted(path), message) for path, message in found)
    return [
        f"{file}:{line}: {place}: {message}" if place else f"{file}:{line}: {message}"
        for line, place, message in placed
    ]

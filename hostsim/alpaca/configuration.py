"""The file that describes which servers there are and what devices each has: TOML, validated, with places."""

from __future__ import annotations

import tomllib
from collections import Counter
from pathlib import Path as FilePath
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from hostsim.alpaca.discovery import DISCOVERY_PORT
from hostsim.alpaca.errors import ServiceConfigError
from hostsim.alpaca.images import ElementType
from hostsim.alpaca.plausible import implausible
from hostsim.alpaca.toml_lines import Path, line_numbers, nearest_line
from hostsim.devices.configuration import AnyDeviceConfig, ObservatoryConfig, standard_devices

ALPACA_PORT = 32_323
"""The port of the reference simulators, and of ours."""


class ServerConfig(BaseModel):
    """One server: where it listens, how it shows itself, and its devices."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(default="hostsim", min_length=1, description="The name of the server, different for each.")
    location: str = Field(default="simulated", description="Where the server says that it stands.")
    bind: str = Field(default="127.0.0.1", min_length=1, description="The address to listen on.")
    port: int = Field(default=ALPACA_PORT, ge=0, le=65_535, description="The port; 0 takes any free one.")
    discovery_port: int = Field(
        default=DISCOVERY_PORT, ge=0, le=65_535, description="The UDP port of discovery; 0 is no discovery."
    )
    seed: int = Field(default=1, ge=0, description="The seed of the sky over this server's telescopes.")
    image_element: (
        Literal["int16", "int32", "double", "single", "uint64", "byte", "int64", "uint16", "uint32"] | None
    ) = Field(default=None, description="How pixels travel; the narrowest type that holds each frame if absent.")
    camera_angle_deg: float = Field(default=0.0, description="The position angle of the frame at rotator angle 0.")
    devices: tuple[AnyDeviceConfig, ...] = Field(
        default_factory=standard_devices, min_length=1, description="The devices; one of each kind if absent."
    )

    @model_validator(mode="after")
    def _makes_an_observatory(self) -> ServerConfig:
        self.observatory()
        return self

    def observatory(self) -> ObservatoryConfig:
        """Return the observatory that is served."""
        return ObservatoryConfig(name=self.name, devices=self.devices, camera_angle_deg=self.camera_angle_deg)

    @property
    def element(self) -> ElementType | None:
        """Return how pixels travel, None for the narrowest type."""
        return None if self.image_element is None else ElementType[self.image_element.upper()]


class ServiceConfig(BaseModel):
    """All servers of one process."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    servers: tuple[ServerConfig, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _different(self) -> ServiceConfig:
        names = Counter(server.name for server in self.servers)
        written = Counter(
            device.unique_id.lower() for server in self.servers for device in server.devices if device.unique_id
        )
        addresses = Counter((server.bind, server.port) for server in self.servers if server.port)
        for name, count in names.items():
            if count > 1:
                raise ValueError(f"{count} servers are called {name!r}: give each its own `name`")
        for unique_id, count in written.items():
            if count > 1:
                raise ValueError(f"{count} devices have the unique_id {unique_id!r}: give each its own, or none")
        for (bind, port), count in addresses.items():
            if count > 1:
                raise ValueError(f"{count} servers listen on {bind}:{port}: give each its own `port`")
        return self


def read_service_config(file: FilePath) -> ServiceConfig:
    """Read and validate a configuration file.

    Raises:
        ServiceConfigError: it cannot be read or is wrong; the text holds every problem as ``FILE:LINE: path: message``.
    """
    text = _text(file)
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ServiceConfigError([f"{file}: {error}"]) from None
    lines = line_numbers(text)
    try:
        config = ServiceConfig.model_validate(data)
    except ValidationError as error:
        raise ServiceConfigError(_shown(file, _problems(error, data), lines=lines)) from None
    problems = list(implausible(data, config.servers))
    if problems:
        raise ServiceConfigError(_shown(file, problems, lines=lines))
    return config


def _text(file: FilePath) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise ServiceConfigError([f"{file}: there is no such file"]) from None
    except (OSError, UnicodeDecodeError) as error:
        raise ServiceConfigError([f"{file}: cannot be read ({error})"]) from None


def _problems(error: ValidationError, data: dict[str, Any]) -> list[tuple[Path, str]]:
    found = []
    problems = error.errors()
    places = [problem["loc"] for problem in problems]
    for problem in problems:
        kind = problem["type"]
        length = len(problem["loc"])
        # A list of which nothing is valid counts as empty, which is no problem of its own.
        if kind == "too_short" and any(each[:length] == problem["loc"] and len(each) > length for each in places):
            continue
        path = _known(problem["loc"], data, missing=kind == "missing")
        message = problem["msg"].removeprefix("Value error, ")
        if kind in ("extra_forbidden", "unexpected_keyword_argument"):
            message = "unknown key"
        elif kind in ("missing", "union_tag_not_found"):
            message = "is missing" if kind == "missing" else "`kind` is missing: it says which device this is"
        elif kind == "union_tag_invalid":
            message = f"unknown kind {problem['ctx']['tag']!r}; known are {problem['ctx']['expected_tags']}"
        found.append((path, message))
    return found


def _known(place: tuple[str | int, ...], data: Any, *, missing: bool) -> Path:
    """Leave out what pydantic adds to a place: the kind of a device, the alternative of a union."""
    path: Path = ()
    value = data
    for index, step in enumerate(place):
        inside = step in value if isinstance(value, dict) else isinstance(step, int) and isinstance(value, list)
        if inside:
            value = value[step]
            path = (*path, step)
        elif missing and index == len(place) - 1:
            path = (*path, step)
    return path


def _shown(file: FilePath, problems: list[tuple[Path, str]], *, lines: dict[Path, int]) -> list[str]:
    placed = sorted((nearest_line(lines, path), path, message) for path, message in problems)
    return [
        f"{file}:{line}: {dotted(path)}: {message}" if path else f"{file}:{line}: {message}"
        for line, path, message in placed
    ]


def dotted(path: Path) -> str:
    """Return a path as it is written, devices counted from 0."""
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text

"""What the file of servers and devices may hold."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any, get_args, get_type_hints

from generator.tables import WORDS, as_markdown, fields, first_paragraph, table, type_text
from pydantic import BaseModel

from hostsim.alpaca.configuration import ServerConfig
from hostsim.alpaca.plausible import LIMITS
from hostsim.alpaca.simulator_reference import ANY_DEVICE
from hostsim.alpaca.simulator_reference import rows as routes
from hostsim.alpaca.simulator_settings import SETTINGS
from hostsim.devices.configuration import AnyDeviceConfig
from hostsim.devices.parts.device import DeviceConfig
from hostsim.sky.scenario import Scenario

_KINDS = get_args(get_args(AnyDeviceConfig)[0])
_TABLES = (ServerConfig.model_fields["devices"].annotation, ServerConfig.model_fields["faults"].annotation)
_SHARED = ("number", *(name for name in DeviceConfig.model_fields if name != "number"))


_RANGES = {
    next(kind for kind in _KINDS if kind.model_fields["kind"].default == name).model_fields[field].annotation: limits
    for (name, field), limits in LIMITS.items()
}


def server() -> str:
    """Return the fields of a server."""
    return fields(
        ServerConfig,
        words={**WORDS, **dict.fromkeys(_TABLES, "list of tables"), Scenario: "text"},
    )


def any_device() -> str:
    """Return the fields that every device has."""
    return f"{_said(DeviceConfig)}\n\n{fields(DeviceConfig, words=_words(()))}"


def devices() -> str:
    """Return the fields of every kind of device."""
    return "\n\n".join(_device(kind) for kind in _KINDS)


def simulator_settings() -> str:
    """Return the private routes of the OmniSim."""
    parts = [table(["route of every device", "verb", "meaning"], [_any_route(*route) for route in ANY_DEVICE])]
    for device_type in SETTINGS:
        parts.append(f"**{device_type}**, under `/simulator/v1/{device_type.lower()}/N/`:")
        rows = [
            [f"`{name}`", f"`{field}`" if field else "no PUT", kind, meaning]
            for name, field, kind, meaning in routes(device_type)
        ]
        parts.append(table(["route", "field of a PUT", "type", "meaning"], rows))
    return "\n\n".join(parts)


def _any_route(verb: str, name: str, meaning: str) -> list[str]:
    return [f"`/simulator/v1/KIND/N/{name}`", verb, meaning]


def _device(kind: type[DeviceConfig]) -> str:
    parts = dict.fromkeys(_parts(kind))
    text = [f"### {kind.model_fields['kind'].default}", _said(kind)]
    text.append(fields(kind, without=(*_SHARED, "kind"), words=_words(parts)))
    for part in parts:
        text += [f"**{_title(part)}.** {_said(part)}", _part(part, parts)]
    return "\n\n".join(text)


def _parts(kind: Any) -> Iterator[type]:
    """Return the tables within a device, those within them included."""
    for annotation in _annotations(kind):
        for found in _classes(annotation):
            yield found
            yield from _parts(found)


def _annotations(kind: Any) -> list[Any]:
    if dataclasses.is_dataclass(kind):
        return list(_hints(kind).values())
    own = [name for name in kind.model_fields if name not in _SHARED]
    return [kind.model_fields[name].annotation for name in own]


def _hints(kind: Any) -> dict[str, Any]:

    return get_type_hints(kind)


def _classes(annotation: Any) -> Iterator[type]:
    if isinstance(annotation, type) and (dataclasses.is_dataclass(annotation) or issubclass(annotation, BaseModel)):
        yield annotation
    for argument in get_args(annotation):
        yield from _classes(argument)


def _title(part: type) -> str:
    return part.__name__.removesuffix("Config")


def _words(parts: Any) -> dict[object, str]:
    return {**WORDS, type(None): "`false`", **{part: f"*{_title(part)}*" for part in parts}}


def _said(kind: type) -> str:
    return as_markdown(first_paragraph(kind.__doc__))


def _part(part: Any, parts: Any) -> str:
    if not dataclasses.is_dataclass(part):
        return fields(part, words=_words(parts))
    hints = _hints(part)
    rows = []
    for field in dataclasses.fields(part):
        default = field.default
        if default is dataclasses.MISSING:
            shown = "required" if field.default_factory is dataclasses.MISSING else "none"
        else:
            shown = f"`{str(default).lower() if isinstance(default, bool) else default}`"
            shown = "its defaults" if isinstance(default, tuple) else shown
        limits = _RANGES.get(part, {}).get(field.name)
        kind = type_text(hints[field.name], words=_words(parts)) + (f",{limits}" if limits else "")
        rows.append([f"`{field.name}`", kind, shown])
    return table(["field", "type", "default"], rows)

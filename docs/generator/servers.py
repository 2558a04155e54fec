"""What the file of servers and devices may hold."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any, get_args, get_type_hints

from generator.tables import WORDS, as_markdown, fields, first_paragraph, table, type_text
from pydantic import BaseModel

from hostsim.alpaca.configuration import ServerConfig
from hostsim.devices.configuration import AnyDeviceConfig
from hostsim.devices.parts.device import DeviceConfig
from hostsim.sky.scenario import Scenario

_TABLES = (ServerConfig.model_fields["devices"].annotation, ServerConfig.model_fields["faults"].annotation)
_SHARED = ("number", *(name for name in DeviceConfig.model_fields if name != "number"))


def server() -> str:
    """Return the fields of a server."""
    return fields(
        ServerConfig,
        words={**WORDS, **dict.fromkeys(_TABLES, "list of tables"), Scenario: "text"},
    )


def any_device() -> str:
    """Return the fields that every device has."""
    return f"{_said(DeviceConfig)}\n\n{fields(DeviceConfig)}"


def devices() -> str:
    """Return the fields of every kind of device."""
    kinds = get_args(get_args(AnyDeviceConfig)[0])
    return "\n\n".join(_device(kind) for kind in kinds)


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
    return {**WORDS, **{part: f"*{_title(part)}*" for part in parts}}


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
        rows.append([f"`{field.name}`", type_text(hints[field.name], words=_words(parts)), shown])
    return table(["field", "type", "default"], rows)

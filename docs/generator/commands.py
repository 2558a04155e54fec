"""The commands of both command lines."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Iterator
from typing import Any

import typer
from generator.tables import first_paragraph, table

from hostsim.commands import app as hostsim_app
from tsplug.cli.application import application
from tsplug.cli.opening import Common


def commands(app: typer.Typer, name: str) -> dict[str, Any]:
    """Return the commands of an application by what the user types."""
    return dict(_walk(typer.main.get_command(app), name))


def tsplug_cli() -> str:
    """Return every command of tsplug with its own options."""
    shared = set(Common.__dataclass_fields__)
    return "\n\n".join(_command(name, each, without=shared) for name, each in commands(application(), "tsplug").items())


def tsplug_shared() -> str:
    """Return the options that all commands of tsplug have."""
    shared = Common.__dataclass_fields__
    command = commands(application(), "tsplug")["tsplug doctor"]
    return table(["option", "default", "meaning"], [_option(each) for each in command.params if each.name in shared])


def hostsim_cli() -> str:
    """Return every command of hostsim."""
    return "\n\n".join(_command(name, each) for name, each in commands(hostsim_app, "hostsim").items())


def _walk(command: Any, name: str) -> Iterator[tuple[str, Any]]:
    children = getattr(command, "commands", None)
    if children is None:
        yield name, command
        return
    for child, below in children.items():
        # Where a group means one of its commands by default, the user types the group's name.
        yield from _walk(below, name if child == getattr(command, "default_name", "") else f"{name} {child}")


def _command(name: str, command: Any, *, without: Iterable[str] = ()) -> str:
    parameters = [each for each in command.params if each.name not in {*without, "help"}]
    words = [_argument(each) for each in parameters if each.param_type_name == "argument"]
    parts = [f"### {name}", f"`{' '.join([name, *words, '[OPTIONS]'])}`", first_paragraph(command.help)]
    if parameters:
        parts.append(table(["argument or option", "default", "meaning"], [_option(each) for each in parameters]))
    return "\n\n".join(parts)


def _argument(parameter: Any) -> str:
    name = str(parameter.metavar or parameter.name.upper())
    optional = parameter.param_type_name == "argument" and not parameter.required
    return f"[{name.strip('[]')}]" if optional else name


def _option(parameter: Any) -> list[str]:
    shown = _argument(parameter) if parameter.param_type_name == "argument" else ", ".join(parameter.opts)
    kind = parameter.type_descriptor.annotation
    if isinstance(kind, type) and issubclass(kind, enum.Enum):
        shown += " " + "|".join(str(each.value) for each in kind)
    elif parameter.param_type_name == "option" and not parameter.is_flag:
        shown += f" {parameter.metavar or parameter.name.upper()}"
    if parameter.required:
        default = "required"
    else:
        default = "" if parameter.default in (None, "", False) else f"`{parameter.default}`"
    return [f"`{shown}`", default, parameter.help or ""]

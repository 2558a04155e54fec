"""A device is described once, at its members; routes, checks and reference pages follow from the description.

A member is a plain method carrying a mark: ``@read("Position")``, ``@write("Position")`` or ``@method("Move",
"Position")``. Names are given as ASCOM spells them; types are the method's own annotations, help is its docstring.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar, get_type_hints

from hostsim.devices.parts.errors import AlpacaError, NotSupportedError

Function = TypeVar("Function", bound=Callable[..., Any])
Errors = tuple[type[AlpacaError], ...]
_MARK = "__alpaca_mark__"


class Kind(StrEnum):
    """How a member is used: read with GET, written with PUT, or called with PUT."""

    READ = "read"
    WRITE = "write"
    METHOD = "method"


@dataclass(frozen=True)
class Parameter:
    """One parameter: its exactly cased name, its type, and whether a request may leave it out (then it is empty)."""

    name: str
    type: type
    optional: bool = False


@dataclass(frozen=True)
class Member:
    """One member of a device: all a protocol layer or a reference page needs to know about it.

    ``completion`` names the property that must have become false before a synchronous method is answered; it is empty
    for all others.
    """

    name: str
    kind: Kind
    attribute: str
    parameters: tuple[Parameter, ...]
    returns: Any
    errors: Errors
    offline: bool
    help: str
    completion: str = ""


@dataclass(frozen=True)
class DeviceDescription:
    """A kind of device: its ASCOM name, interface version, and members by lower-case name for each verb."""

    device_type: str
    interface_version: int
    gets: dict[str, Member]
    puts: dict[str, Member]

    @property
    def members(self) -> tuple[Member, ...]:
        """Return every member, reads first."""
        return (*self.gets.values(), *self.puts.values())


@dataclass(frozen=True)
class _Mark:
    name: str
    kind: Kind
    parameters: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    errors: Errors = ()
    offline: bool = False
    completion: str = ""


def _marking(mark: _Mark) -> Callable[[Function], Function]:
    def decorate(function: Function) -> Function:
        setattr(function, _MARK, mark)
        return function

    return decorate


def read(name: str, *parameters: str, errors: Errors = (), offline: bool = False) -> Callable[[Function], Function]:
    """Mark a method as the property ``name``; ``offline`` ones answer without a connection."""
    return _marking(_Mark(name, Kind.READ, parameters, errors=errors, offline=offline))


def write(name: str, *, errors: Errors = (), offline: bool = False) -> Callable[[Function], Function]:
    """Mark a method of one argument as the writing of property ``name``; ASCOM names the parameter like it."""
    return _marking(_Mark(name, Kind.WRITE, (name,), errors=errors, offline=offline))


def method(
    name: str, *parameters: str, errors: Errors = (), optional: tuple[str, ...] = (), offline: bool = False
) -> Callable[[Function], Function]:
    """Mark a method as the ASCOM method ``name``, with the names of its parameters in order."""
    return _marking(_Mark(name, Kind.METHOD, parameters, optional, errors, offline))


def synchronous(name: str, *parameters: str, errors: Errors, completion: str) -> Callable[[Function], Function]:
    """Mark a method whose answer has to wait until the property ``completion`` is false; the method itself does not."""
    return _marking(_Mark(name, Kind.METHOD, parameters, errors=errors, completion=completion))


def fixed(name: str, value: Any, *, text: str, offline: bool = False) -> Callable[[Any], Any]:
    """Describe a property that always reads ``value``."""

    def getter(self: Any) -> Any:
        return value

    return _made(getter, _Mark(name, Kind.READ, offline=offline), kind=type(value), text=text)


def configured(name: str, field: str, *, kind: Any, text: str) -> Callable[[Any], Any]:
    """Describe a property of type ``kind`` that reads ``field`` (dotted) of the device's configuration."""
    steps = field.split(".")

    def getter(self: Any) -> Any:
        return functools.reduce(getattr, steps, self.config)

    return _made(getter, _Mark(name, Kind.READ), kind=kind, text=text)


def missing(name: str, kind: Any, *, text: str) -> Callable[[Any], Any]:
    """Describe an optional property that this device does not have."""

    def getter(self: Any) -> Any:
        raise NotSupportedError(f"{name} is not supported by this device")

    return _made(getter, _Mark(name, Kind.READ, errors=(NotSupportedError,)), kind=kind, text=text)


def _made(getter: Callable[[Any], Any], mark: _Mark, *, kind: Any, text: str) -> Callable[[Any], Any]:
    getter.__doc__ = text
    getter.__annotations__ = {"return": kind}
    setattr(getter, _MARK, mark)
    return getter


@functools.cache
def describe(device_class: type) -> DeviceDescription:
    """Collect the description of ``device_class`` from the marks on its methods and those of its bases."""
    gets: dict[str, Member] = {}
    puts: dict[str, Member] = {}
    for attribute in sorted(dir(device_class)):
        function = getattr(device_class, attribute)
        mark = getattr(function, _MARK, None)
        if mark is None:
            continue
        member = _member(attribute, function, mark=mark)
        _place(gets if mark.kind is Kind.READ else puts, member, owner=device_class)
    return DeviceDescription(
        str(getattr(device_class, "device_type")),  # noqa: B009 - the class is only known at run time
        int(getattr(device_class, "interface_version")),  # noqa: B009
        gets,
        puts,
    )


def _member(attribute: str, function: Callable[..., Any], *, mark: _Mark) -> Member:
    hints = get_type_hints(function)
    returns = hints.pop("return", None)
    types = list(hints.values())
    if len(types) != len(mark.parameters):
        raise TypeError(f"{mark.name} names {len(mark.parameters)} parameters, {attribute} takes {len(types)}")
    parameters = tuple(
        Parameter(name, kind, name in mark.optional) for name, kind in zip(mark.parameters, types, strict=True)
    )
    text = (function.__doc__ or "").strip()
    return Member(
        mark.name, mark.kind, attribute, parameters, returns, mark.errors, mark.offline, text, mark.completion
    )


def _place(table: dict[str, Member], member: Member, *, owner: type) -> None:
    key = member.name.lower()
    if key in table:
        raise TypeError(
            f"{owner.__name__} describes {member.name} twice: {table[key].attribute} and {member.attribute}"
        )
    table[key] = member

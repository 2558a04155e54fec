"""What a request says: its parameters, typed and checked, and the client's transaction ids."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from hostsim.devices.parts.description import Member, Parameter

_FORM = "application/x-www-form-urlencoded"
_INTEGER = re.compile(r"[+-]?[0-9]{1,10}")
_DOUBLE = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,3})?")
_IDENTIFIER = re.compile(r"[0-9]{1,10}")
_INT32 = range(-(2**31), 2**31)
_UINT32 = range(2**32)


class BadRequestError(Exception):
    """The request cannot be understood: the answer is HTTP 400 with this text."""


@dataclass(frozen=True)
class Parameters:
    """The parameters of one request; names match in any case for GET, exactly for PUT."""

    values: dict[str, str]
    any_case: bool

    def find(self, name: str) -> str | None:
        """Return the text of a parameter, None where it was not sent."""
        return self.values.get(name.lower() if self.any_case else name)

    @property
    def client_transaction_id(self) -> int:
        """Return ClientTransactionID, 0 where it was not sent."""
        return self._identifier("ClientTransactionID")

    def check_identifiers(self) -> None:
        """Refuse malformed ids.

        Raises:
            BadRequestError: ClientID or ClientTransactionID is not 0 to 4294967295.
        """
        self._identifier("ClientID")
        self._identifier("ClientTransactionID")

    def _identifier(self, name: str) -> int:
        text = self.find(name)
        if text is None:
            return 0
        if not _IDENTIFIER.fullmatch(text) or int(text) not in _UINT32:
            raise BadRequestError(f"{name} must be 0 to 4294967295, not {text!r}")
        return int(text)

    def arguments(self, member: Member) -> list[Any]:
        """Return the values ``member`` takes, in order.

        Raises:
            BadRequestError: one is missing, miscased or unparseable.
        """
        return [self._argument(member, parameter) for parameter in member.parameters]

    def _argument(self, member: Member, parameter: Parameter) -> Any:
        text = self.find(parameter.name)
        if text is None and parameter.optional:
            return ""
        if text is None:
            case = "" if self.any_case else " (names are case-sensitive in PUT, and belong in the form body)"
            raise BadRequestError(f"{member.name} needs the parameter {parameter.name}{case}")
        try:
            return _parse(text, parameter.type)
        except ValueError:
            raise BadRequestError(
                f"{member.name}: {parameter.name} must be of type {parameter.type.__name__}, not {text!r}"
            ) from None


def from_query(query: str) -> Parameters:
    """Read the parameters of a GET."""
    return Parameters(_first_values(query, lower=True), any_case=True)


def from_form(body: bytes, content_type: str) -> Parameters:
    """Read the parameters of a PUT; a body of another type holds none.

    Raises:
        BadRequestError: the body is not text.
    """
    if body and content_type.split(";")[0].strip().lower() != _FORM:
        raise BadRequestError(f"the body of a PUT must be {_FORM}, not {content_type or 'of no type'}")
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        raise BadRequestError("the body of a PUT must be UTF-8 text") from None
    return Parameters(_first_values(text, lower=False), any_case=False)


def _first_values(text: str, *, lower: bool) -> dict[str, str]:
    values: dict[str, str] = {}
    try:
        pairs = parse_qsl(text, keep_blank_values=True, errors="strict")
    except ValueError as error:
        raise BadRequestError(f"the parameters cannot be read: {error}") from None
    for name, value in pairs:
        values.setdefault(name.lower() if lower else name, value)
    return values


def _parse(text: str, kind: type) -> bool | int | float | str:
    if kind is str:
        return text
    if kind is bool:
        return _boolean(text)
    if kind is int:
        return _integer(text)
    if not _DOUBLE.fullmatch(text) or not math.isfinite(float(text)):
        raise ValueError(text)
    return float(text)


def _boolean(text: str) -> bool:
    if text.lower() not in ("true", "false"):
        raise ValueError(text)
    return text.lower() == "true"


def _integer(text: str) -> int:
    if not _INTEGER.fullmatch(text) or int(text) not in _INT32:
        raise ValueError(text)
    return int(text)

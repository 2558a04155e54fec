"""What a user types to say which server and which device."""

from __future__ import annotations

import re

from hostsim.conformance.members import PLATFORM_7

_SERVER = re.compile(r"(\[[0-9a-fA-F:.]+\]|[^\s:/\[\]]+):([0-9]{1,5})")
_DEVICE = re.compile(r"([A-Za-z]+)/([0-9]{1,9})")
_LAST_PORT = 65_535


def server_asked(text: str) -> tuple[str, int]:
    """Return host and port of HOST:PORT; an IPv6 address stands in brackets.

    Raises:
        ValueError: the text is something else.
    """
    match = _SERVER.fullmatch(text)
    if match is None or not 0 < int(match[2]) <= _LAST_PORT:
        raise ValueError(f"the server is HOST:PORT, such as 127.0.0.1:32323, not {text!r}")
    return match[1].strip("[]"), int(match[2])


def device_asked(text: str) -> tuple[str, int]:
    """Return type, in its proper capitals, and number of TYPE/N.

    Raises:
        ValueError: the text is something else, or there is no such type.
    """
    match = _DEVICE.fullmatch(text)
    kinds = {kind.lower(): kind for kind in PLATFORM_7}
    if match is None or match[1].lower() not in kinds:
        raise ValueError(f"a device is TYPE/N with one of the types {', '.join(sorted(kinds))}, not {text!r}")
    return kinds[match[1].lower()], int(match[2])

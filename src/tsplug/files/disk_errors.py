"""What an error of a disk says: that something is wrong with a file, or that the disk is out of reach for now."""

from __future__ import annotations

import errno

from tsplug.errors import FileError, OutOfReachError

_AWAY = frozenset(
    number
    for name in (
        *("EIO", "ESTALE", "ENOTCONN", "ETIMEDOUT", "EHOSTDOWN", "EHOSTUNREACH"),
        *("ENETDOWN", "ENETUNREACH", "ECONNABORTED", "ECONNRESET", "EREMOTEIO", "ENODEV", "ENXIO"),
    )
    if (number := getattr(errno, name, None)) is not None
)
"""What disks of a network, and those that were pulled out, answer while they are away; not every system has all."""


def disk_error(text: str, error: OSError | ValueError) -> FileError:
    """Return the error to raise for one that the system raised, with what it says at the end.

    Args:
        text: which file, and what could not be done with it.
        error: what the system raised.

    Returns:
        One that says of a disk that is out of reach that nobody can tell; it may be back for another attempt.
    """
    kind = OutOfReachError if getattr(error, "errno", None) in _AWAY else FileError
    return kind(f"{text}: {getattr(error, 'strerror', None) or error}")

"""Where frames lie: a path of this machine, or an address in a storage such as ``s3://bucket/frames/a.fits``."""

from __future__ import annotations

from pathlib import Path

_SCHEME = "://"


class Address(str):
    """The address of a frame, or of a folder of frames, in a storage; it names its parts as a path does."""

    __slots__ = ()

    @property
    def scheme(self) -> str:
        """Return what kind of storage it is in, such as ``s3``."""
        return self.partition(_SCHEME)[0]

    @property
    def name(self) -> str:
        """Return the last part."""
        return self.rstrip("/").rpartition("/")[2]

    @property
    def suffix(self) -> str:
        """Return the ending of the name with its dot; empty where it has none."""
        return Path(self.name).suffix

    @property
    def parent(self) -> Address:
        """Return the address of what it lies in."""
        return Address(self.rstrip("/").rpartition("/")[0])

    @property
    def parts(self) -> tuple[str, ...]:
        """Return the bucket or root of its storage, and the names on the way to it."""
        return tuple(part for part in self.partition(_SCHEME)[2].split("/") if part)

    @property
    def below(self) -> str:
        """Return the way to it from the bucket or root of its storage, without a slash in front."""
        return "/".join(self.parts[1:])

    def __truediv__(self, name: str) -> Address:
        """Return the address of what lies in it under a name."""
        return Address(f"{self.rstrip('/')}/{name}")

    def absolute(self) -> Address:
        """Return itself: addresses are."""
        return self


FramePlace = Path | Address
"""Where a frame lies."""


def frame_place(text: str) -> FramePlace:
    """Return the place that a record, a job or a user names."""
    return Address(text) if _SCHEME in text else Path(text)


UNNAMEABLE = "its name is not UTF-8, so that no record can name it; rename it"
"""What is told of a file whose name is not `is_nameable`."""


def is_nameable(place: str) -> bool:
    """Return whether a store can hold a name: one in another encoding, as old archives leave them, it cannot."""
    try:
        place.encode()
    except UnicodeEncodeError:
        return False
    return True

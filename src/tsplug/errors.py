"""Every error tsplug raises on purpose, as one tree.

Expected outcomes (a rejected frame, a skipped flat set, a target that is not up) are values, not errors::

    TsplugError                     whatever a user can cause or must hear about: one clear line, exit status 1
    +-- InputError                  what was given is wrong: a file, a value, a name
    |   +-- NotFoundError           no such project, target, image ... in the store
    |   `-- AmbiguousNameError      a name fits several records: use the id
    +-- StoreError                  the database cannot do what was asked
    |   +-- StoreTooNewError        written by a newer tsplug: refused untouched
    |   `-- StoreUnavailableError   cannot be opened, locked for too long, read-only, disk full
    +-- FileError                   a frame cannot be read or written
    |   +-- NameTakenError          another frame has its name in a storage
    |   `-- OutOfReachError         the storage does not answer: nobody knows whether the frame is there
    +-- NetworkError                a question to the network was not answered
    +-- DeviceError                 a device failed, is missing or does not answer
    `-- Cancelled                   the user or the host asked to stop
"""

from __future__ import annotations


class TsplugError(Exception):
    """The root of all errors that tsplug raises on purpose; its text is one line for the user."""


class InputError(TsplugError):
    """What was given is wrong; the text names the file, line or field and says what is accepted, one line each."""


class NotFoundError(InputError):
    """The store holds no such record."""


class AmbiguousNameError(InputError):
    """A name fits several records, so an id is needed."""


class StoreError(TsplugError):
    """The database cannot do what was asked; nothing was changed."""


class StoreTooNewError(StoreError):
    """The database was written by a newer tsplug and is left untouched."""


class StoreUnavailableError(StoreError):
    """The database cannot be opened or written: missing folder, read-only, locked, disk full."""


class FileError(TsplugError):
    """A frame cannot be read or written; the text names the file and the reason."""


class NameTakenError(FileError):
    """Another frame has the name in a storage that a frame was to get there; nothing was changed."""


class OutOfReachError(FileError):
    """A storage or a disk does not answer or refuses to, so that nobody can tell whether a frame is there."""


class NetworkError(TsplugError):
    """A question to the network was not answered, or not usably; the text says which and why."""


class DeviceError(TsplugError):
    """A device failed, is missing or does not answer.

    Attributes:
        device: the device's kind and name, for example ``rotator`` or ``camera "Sim"``.
    """

    def __init__(self, device: str, message: str) -> None:
        """Say which device failed and what happened."""
        super().__init__(f"{device}: {message}")
        self.device = device


class Cancelled(TsplugError):  # noqa: N818 - a request that was obeyed, not a fault
    """The user or the host asked to stop; equipment has been left safe."""

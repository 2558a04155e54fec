"""Who a served device is: an id that stays over restarts, and that no other device of any machine has.

A random identity is drawn once for a machine's user and kept in a file; the id of a device follows from it, and from
the name and address of its server and its own kind and number. Nothing of the machine itself goes into it: addresses of
network cards are the same in many containers, and unknown in others.
"""

from __future__ import annotations

import logging
import os
import uuid
from collections import Counter
from pathlib import Path

from platformdirs import user_state_path

from hostsim.alpaca.configuration import ServerConfig
from hostsim.alpaca.errors import IdentityError
from hostsim.devices.configuration import ObservatoryConfig

_FILE = "machine-id"
_LOG = logging.getLogger(__name__)


def machine_identity(folder: Path | None = None) -> uuid.UUID:
    """Return the identity of this machine's user, drawn at the first call and kept in ``folder``.

    Without a folder it is the place of the operating system for such files. Where nothing can be kept, the identity
    holds for this run only, and the log says so.

    Raises:
        IdentityError: the file is there, but what it holds is no identity.
    """
    file = (folder or user_state_path("hostsim")) / _FILE
    try:
        if not file.exists():
            _keep(uuid.uuid4(), file)
        text = file.read_text(encoding="ascii", errors="replace").strip()
    except OSError as error:
        _LOG.warning("%s cannot be kept (%s): the UniqueIDs of devices hold for this run only", file, error.strerror)
        return uuid.uuid4()
    try:
        return uuid.UUID(text)
    except ValueError:
        raise IdentityError(f"{file} holds no identity: delete it, and devices get new UniqueIDs") from None


def _keep(identity: uuid.UUID, file: Path) -> None:
    """Write the file whole, unless another process was quicker."""
    file.parent.mkdir(parents=True, exist_ok=True)
    written = file.with_name(f"{_FILE}.{uuid.uuid4().hex}")
    written.write_text(f"{identity}\n", encoding="ascii")
    try:
        os.link(written, file)
    except FileExistsError:
        pass
    finally:
        written.unlink()


def identified(server: ServerConfig, machine: uuid.UUID) -> ObservatoryConfig:
    """Return the observatory of ``server`` with an id for each device; what is written in the configuration stays.

    On a port that is any free one, a server is another one each time, and so are its devices.
    """
    address = f"{server.bind}:{server.port}" if server.port else uuid.uuid4().hex
    counted: Counter[str] = Counter()
    devices = []
    for device in server.devices:
        key = f"{server.name}/{address}/{device.kind}/{counted[device.kind]}"
        counted[device.kind] += 1
        unique_id = device.unique_id or str(uuid.uuid5(machine, key))
        devices.append(device.model_copy(update={"unique_id": unique_id}))
    return server.model_copy(update={"devices": tuple(devices)}).observatory()

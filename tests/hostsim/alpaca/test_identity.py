"""Who served devices are."""

from __future__ import annotations

import logging
import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from hostsim.alpaca.configuration import ServerConfig
from hostsim.alpaca.errors import IdentityError
from hostsim.alpaca.identity import identified, machine_identity
from hostsim.devices.configuration import ObservatoryConfig
from hostsim.devices.focuser import FocuserConfig

MACHINE = uuid.uuid4()
FOCUSERS = (FocuserConfig(), FocuserConfig())


def ids(machine: uuid.UUID = MACHINE, **fields: object) -> list[str]:
    """Return the ids of a server with two focusers."""
    server = ServerConfig.model_validate({"devices": FOCUSERS, **fields})
    return [device.unique_id for device in identified(server, machine).devices]


def test_devices_keep_their_ids() -> None:
    """The same server on the same machine has the same devices, and every id is a GUID."""
    assert ids() == ids()
    assert {str(uuid.UUID(each)) for each in ids()} == set(ids())


@pytest.mark.parametrize("fields", [{"name": "other"}, {"port": 1}, {"bind": "0.0.0.0"}], ids=str)
def test_no_two_servers_share_a_device(fields: dict[str, object]) -> None:
    """A server of another name, port or address has other devices, and so has the same server elsewhere."""
    assert len({*ids(), *ids(**fields), *ids(uuid.uuid4(), **fields)}) == 6


def test_a_server_on_any_port_is_a_new_one_each_time() -> None:
    """Two servers on whatever port is free share nothing, though they are described alike."""
    assert len({*ids(port=0), *ids(port=0)}) == 4


def test_an_id_that_is_written_stays() -> None:
    """What the configuration says of a device is what it is."""
    observatory: ObservatoryConfig = identified(ServerConfig(devices=(FocuserConfig(unique_id="mine"),)), MACHINE)
    assert observatory.devices[0].unique_id == "mine"


def test_the_identity_is_drawn_once(tmp_path: Path) -> None:
    """Whoever asks first or at the same time, all get what the file holds; another folder has another one."""
    folder = tmp_path / "state" / "hostsim"
    with ThreadPoolExecutor(8) as pool:
        drawn = set(pool.map(lambda _: machine_identity(folder), range(40)))
    assert drawn == {machine_identity(folder)}
    assert [file.name for file in folder.iterdir()] == ["machine-id"]
    assert machine_identity(tmp_path / "elsewhere") not in drawn


def test_without_a_place_to_keep_it_the_identity_is_of_this_run(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A server starts all the same, and the log says what that means."""
    (tmp_path / "file").write_text("", encoding="ascii")
    with caplog.at_level(logging.WARNING):
        first, second = machine_identity(tmp_path / "file"), machine_identity(tmp_path / "file")
    assert first != second
    assert "hold for this run only" in caplog.text


def test_a_damaged_file_is_one_clear_error(tmp_path: Path) -> None:
    """The error names the file and what to do."""
    (tmp_path / "machine-id").write_text("no id\n", encoding="ascii")
    with pytest.raises(IdentityError, match=r"machine-id holds no identity: delete it"):
        machine_identity(tmp_path)

"""Find the equipment at the Alpaca address and connect to it."""

from __future__ import annotations

from typing import ClassVar, Literal

from hostsim.sequence.flats import settle
from hostsim.sequence.host import Host
from hostsim.sequence.instruction import Instruction


class ConnectEquipment(Instruction):
    """Finds the first device of each kind at the Alpaca address and connects to it."""

    help: ClassVar[str] = "Find the first device of each kind at the Alpaca address, and connect to it."
    type: Literal["connect_equipment"] = "connect_equipment"

    def run(self, host: Host) -> None:
        """Connect everything that is there."""
        host.connect_all()
        host.journal.state.standing.connected = True
        host.journal.state.standing.monitored = host.rig.safety is not None
        second = () if host.second is None else host.second.rig.own_devices
        names = ", ".join(device.label for device in (*host.rig.devices, *second))
        host.display.note(f"connected: {names or 'nothing'}")
        settle(host)


INSTRUCTION = ConnectEquipment

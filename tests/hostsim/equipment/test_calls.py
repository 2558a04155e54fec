"""The boundary to alpyca."""

from __future__ import annotations

import pytest
import requests
from alpaca.exceptions import AlpacaRequestException, DriverException, NotConnectedException, ParkedException

from hostsim.equipment.calls import talking_to
from tsplug import DeviceError

RAISED = [
    (requests.ReadTimeout("x"), "no answer in time"),
    (requests.ConnectionError("x"), "the connection is lost"),
    (requests.JSONDecodeError("x", "", 0), "cannot be understood"),
    (NotConnectedException("not now"), r"not now \(it is not connected: begin the sequence with connect_equipment\)"),
    (AlpacaRequestException(404, "<html>\n<p>gone</p></html> (URL x)"), r"HTTP 404 \(the Alpaca server failed"),
    (AlpacaRequestException(400, "no such device 7 (URL http://x/y)"), r"HTTP 400 no such device 7 \(the Alpaca"),
    (DriverException(0x501, "words " * 200), r"words words \[\.\.\.\]$"),
    (ParkedException(""), "put `unpark` before"),
    (DriverException(0x500, "motor\nstuck"), "motor stuck"),
]


@pytest.mark.parametrize(("error", "said"), RAISED)
def test_what_alpyca_raises_is_explained(error: Exception, said: str) -> None:
    """Each kind of failure becomes one line: device, what was tried, why, what to do."""
    with (
        pytest.raises(DeviceError, match=f"could not open the cover: .*{said}") as caught,
        talking_to("panel", "open the cover"),
    ):
        raise error
    assert "\n" not in str(caught.value)


def test_a_mistake_of_ours_stays_a_mistake() -> None:
    """What is no failure of a device is not dressed up as one."""
    with pytest.raises(KeyError), talking_to("panel", "open the cover"):
        raise KeyError("x")

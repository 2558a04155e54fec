"""Starting and stopping the server."""

from __future__ import annotations

import httpx
import pytest

from hostsim.alpaca.server import AlpacaServer, AlpacaServerError
from hostsim.devices.observatory import Observatory


def test_a_stopped_server_frees_its_port(observatory: Observatory) -> None:
    """The same port can be used again at once, even with a client still connected."""
    with httpx.Client(trust_env=False) as client:
        with AlpacaServer(observatory) as first:
            address = first.address
            assert client.get(f"http://{address}/management/apiversions").status_code == 200
        with AlpacaServer(observatory, port=int(address.split(":")[1])) as second:
            assert second.address == address
            assert client.get(f"http://{address}/management/apiversions").status_code == 200


def test_a_taken_port_is_one_clear_error(server: AlpacaServer, observatory: Observatory) -> None:
    """The error names the address and what to do."""
    port = int(server.address.split(":")[1])
    with pytest.raises(AlpacaServerError, match=rf"cannot listen on 127.0.0.1:{port} .*choose another port"):
        AlpacaServer(observatory, port=port).start()


@pytest.mark.parametrize("host", ["no-such-host.invalid", "192.0.2.1", "a" * 70 + ".b"])
def test_an_address_of_others_is_not_a_matter_of_ports(observatory: Observatory, host: str) -> None:
    """Where the address is wrong, another address is what is advised."""
    with pytest.raises(
        AlpacaServerError, match=rf"cannot listen on {host}:0 .*choose an address of this machine"
    ) as caught:
        AlpacaServer(observatory, host=host).start()
    assert "port," not in str(caught.value)


def test_a_server_that_was_not_started_has_no_address(observatory: Observatory) -> None:
    """There is no address before the start, and stopping then is harmless."""
    server = AlpacaServer(observatory)
    server.stop()
    with pytest.raises(AlpacaServerError, match="before it is started"):
        assert server.address

"""Many clients at a time."""

from __future__ import annotations

import asyncio
import itertools
import json
from pathlib import Path

import httpx
import pytest

from hostsim.alpaca.server import AlpacaServer
from hostsim.devices.observatory import Observatory

CLIENTS = 200
POLLS = 12
POLLED = (
    ("focuser/0/position", 25_000),
    ("filterwheel/0/position", 0),
    ("camera/0/camerastate", 0),
    ("rotator/0/ismoving", False),
    ("telescope/0/atpark", True),
    ("covercalibrator/0/coverstate", 1),
)


async def poll(address: str, client_id: int) -> list[tuple[int, int]]:
    """Poll as one client; return the transaction ids of each answer, checking everything else."""
    seen = []
    async with httpx.AsyncClient(
        base_url=f"http://{address}/api/v1/", trust_env=False, verify=False, timeout=60
    ) as client:
        for number in range(POLLS):
            path, value = POLLED[(client_id + number) % len(POLLED)]
            wanted = client_id * 1000 + number
            answer = await client.get(path, params={"ClientID": client_id, "ClientTransactionID": wanted})
            content = answer.json()
            assert (answer.status_code, content["ErrorNumber"], content["Value"]) == (200, 0, value), path
            seen.append((content["ClientTransactionID"] - wanted, content["ServerTransactionID"]))
    return seen


async def crowd(address: str) -> list[tuple[int, int]]:
    """Poll as all clients at once."""
    answers = await asyncio.gather(*(poll(address, client_id) for client_id in range(CLIENTS)))
    return list(itertools.chain.from_iterable(answers))


def resident_mb() -> float:
    """Return what this process, client and server both, holds in memory."""
    text = Path("/proc/self/status").read_text(encoding="ascii")
    return int(text.partition("VmRSS:")[2].split()[0]) / 1024


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is read where Linux tells it")
def test_nobody_gets_the_answer_of_another_and_a_crowd_leaves_no_memory_behind(
    server: AlpacaServer, connected: Observatory
) -> None:
    """Of 200 clients polling each is told its own id, no server id comes twice, a second crowd needs no more memory."""
    answers = asyncio.run(crowd(server.address))
    before = resident_mb()
    answers += asyncio.run(crowd(server.address))
    assert resident_mb() - before < 30
    assert {difference for difference, _ in answers} == {0}
    assert len({server_id for _, server_id in answers}) == len(answers) == 2 * CLIENTS * POLLS


def test_writers_and_readers_see_whole_values(server: AlpacaServer, connected: Observatory) -> None:
    """While some set the offset of a camera, others read only values that somebody has set."""

    async def write(client: httpx.AsyncClient, value: int) -> set[int]:
        answer = await client.put("camera/0/offset", data={"Offset": str(value)})
        assert json.loads(answer.content)["ErrorNumber"] == 0
        return {int((await client.get("camera/0/offset")).json()["Value"])}

    async def all_of_them() -> set[int]:
        limits = httpx.Limits(max_connections=20)
        base = f"http://{server.address}/api/v1/"
        async with httpx.AsyncClient(base_url=base, trust_env=False, verify=False, timeout=60, limits=limits) as client:
            return set().union(*await asyncio.gather(*(write(client, 10 + number % 7) for number in range(140))))

    assert asyncio.run(all_of_them()) <= set(range(10, 17))

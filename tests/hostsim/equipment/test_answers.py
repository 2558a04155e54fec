"""What an alpyca device may answer."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from hostsim.equipment.answers import CheckedDevice, UnreadableAnswerError


class Told:
    """Stands for an alpyca device: answers what it was told to, or raises it."""

    base_url = "http://x"

    def __init__(self, answer: Any) -> None:
        self.answer = answer

    def told(self) -> Any:
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    Slewing = IsMoving = BinX = Position = Names = FocusOffsets = SensorName = property(told)
    DestinationSideOfPier = told


@pytest.mark.parametrize(
    ("member", "answer"),
    [
        ("Slewing", True),
        ("BinX", 2),
        ("BinX", 2.0),
        ("Position", 3),
        ("Position", 3.25),
        ("Names", ["L", "R"]),
        ("FocusOffsets", []),
        ("SensorName", None),
    ],
)
def test_what_makes_sense_passes(member: str, answer: Any) -> None:
    """Answers of the member's type come through as they are, and so does what nobody looks at."""
    assert getattr(CheckedDevice(Told(answer)), member) == answer


@pytest.mark.parametrize(
    ("member", "answer"),
    [
        ("Slewing", 1),
        ("Slewing", "true"),
        ("IsMoving", None),
        ("BinX", 1.5),
        ("BinX", True),
        ("Position", float("nan")),
        ("Position", float("inf")),
        ("Position", "3"),
        ("Names", "LRGB"),
        ("Names", ["L", 1]),
        ("FocusOffsets", [0, 0.5]),
        ("BinX", "x" * 999),
    ],
)
def test_what_makes_no_sense_is_told(member: str, answer: Any) -> None:
    """An answer of another type is an error that names the member and shows what came, not all of a long one."""
    with pytest.raises(UnreadableAnswerError, match=f"its answer to {member} makes no sense: ") as caught:
        getattr(CheckedDevice(Told(answer)), member)
    assert len(str(caught.value)) < 150


@pytest.mark.parametrize("raised", [KeyError("Value"), TypeError(), ValueError(), AttributeError(), RecursionError()])
def test_what_alpyca_stumbles_over_is_told(raised: Exception) -> None:
    """What alpyca trips over in an answer is an unreadable answer, in properties and in methods."""
    device = CheckedDevice(Told(raised))
    with pytest.raises(UnreadableAnswerError, match="its answer to SensorName is no Alpaca answer"):
        _ = device.SensorName
    with pytest.raises(UnreadableAnswerError, match="DestinationSideOfPier is no Alpaca answer"):
        device.DestinationSideOfPier()


def test_failures_of_the_network_stay_what_they_are() -> None:
    """An error of the network is not taken for an unreadable answer, even where it is a ValueError too."""
    with pytest.raises(requests.JSONDecodeError):
        _ = CheckedDevice(Told(requests.JSONDecodeError("x", "", 0))).SensorName


def test_a_mistake_of_ours_stays_a_mistake() -> None:
    """A member that alpyca does not have is no fault of the server."""
    with pytest.raises(AttributeError):
        _ = CheckedDevice(Told(0)).Psition

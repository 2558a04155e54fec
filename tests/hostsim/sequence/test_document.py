"""The instructions of a sequence."""

from __future__ import annotations

from hostsim.sequence.instructions import INSTRUCTIONS

EXPECTED = {
    "autofocus",
    "close_cover",
    "connect_equipment",
    "cool_camera",
    "flat_wizard",
    "open_cover",
    "park",
    "scheduler_container",
    "scheduler_flats",
    "scheduler_immediate_flats",
    "scheduler_report",
    "sky_flats",
    "slew",
    "switch_filter",
    "take_bias",
    "take_darks",
    "take_exposure",
    "unpark",
    "wait_until",
    "warm_camera",
}


def test_every_instruction_is_there() -> None:
    """The registry holds the instructions of the reference, under their types."""
    assert set(INSTRUCTIONS) == EXPECTED


def test_every_instruction_explains_itself() -> None:
    """Each has a help text, and each of its fields a description."""
    for instruction in INSTRUCTIONS.values():
        assert instruction.help.endswith(".")
        described = {name: info.description for name, info in instruction.model_fields.items() if name != "type"}
        assert all(described.values()), (instruction, described)

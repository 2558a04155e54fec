"""What happens to files: cards spoilt, bytes lost, doubled and overwritten, by a seeded chance."""

from __future__ import annotations

import random
from collections.abc import Callable

EVIL = (
    *(b"= 'x", b"= nan", b"=", b"", b"= 1E999", b"= '" + bytes(range(127, 195)), b"'", b"= ''''''", b"= T", b"= 0x10"),
    *(
        b"= " + b"9" * 78,
        b"= -",
        b"= .",
        b"= 1.2.3",
        b"= 'a&'",
        b"\x00" * 72,
        b"\xff" * 72,
        b"=\n\r\t",
        b"= '\xc3\x28'",
    ),
)


Accident = Callable[[bytearray, int, random.Random], None]


def cut(made: bytearray, place: int, chance: random.Random) -> None:
    length = chance.choice((1, 8, 80, 2880, len(made)))
    del made[place : place + length]


def insert(made: bytearray, place: int, chance: random.Random) -> None:
    made[place:place] = chance.randbytes(chance.choice((1, 80, 5000)))


def overwrite(made: bytearray, place: int, chance: random.Random) -> None:
    made[place : place + 8] = chance.randbytes(8)


def spoil_value(made: bytearray, place: int, chance: random.Random) -> None:
    card = place // 80 * 80
    made[card + 8 : card + 80] = chance.choice(EVIL)[:72].ljust(72)


def spoil_keyword(made: bytearray, place: int, chance: random.Random) -> None:
    card = place // 80 * 80
    made[card : card + 8] = chance.choice((b"NAXIS1", b"END", b"CONTINUE", b"HIERARCH", b"ZIMAGE")).ljust(8)


def double_card(made: bytearray, place: int, _: random.Random) -> None:
    card = place // 80 * 80
    made[card:card] = made[card : card + 80]


def spoil_letters(made: bytearray, _: int, chance: random.Random) -> None:
    made[:] = made.replace(b"E", chance.choice((b"e", b"\xe9", b"", b"END", b"\x00")), chance.randint(1, 30))


ACCIDENTS: tuple[Accident, ...] = (
    *(cut, insert, overwrite, spoil_value, spoil_value, spoil_keyword, double_card, spoil_letters),
)


def damaged(content: bytes, chance: random.Random) -> bytes:
    """Return a file after one to four accidents."""
    made = bytearray(content)
    for _ in range(chance.randint(1, 4)):
        chance.choice(ACCIDENTS)(made, chance.randrange(len(made) + 1), chance)
    return bytes(made)

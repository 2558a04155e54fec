"""How the check of a rule ends other than well, and how answers of a server are shown."""

from __future__ import annotations

_SHOWN = 140


class UnmetError(Exception):
    """The server did not do what the rule asks; ``expected`` says more precisely than the rule what that was."""

    def __init__(self, seen: str, expected: str = "") -> None:
        super().__init__(seen)
        self.seen = seen
        self.expected = expected


class NotApplicableError(Exception):
    """The rule says nothing about this device, for the reason given."""


class NotedError(Exception):
    """The rule cannot be judged here; what was seen may still interest its reader."""


class NoAnswerError(UnmetError):
    """The server gave no complete HTTP answer."""


class NotAskedError(NoAnswerError):
    """The server was not asked any more, because it no longer answers."""


def expect(condition: bool, seen: str, *, expected: str = "") -> None:
    """Go on if ``condition`` holds.

    Raises:
        UnmetError: it does not.
    """
    if not condition:
        raise UnmetError(seen, expected)


def shown(value: object) -> str:
    """Return a value as it may be printed: on one line, without control characters, and short."""
    text = ascii(value[: 2 * _SHOWN] if isinstance(value, str | bytes) else value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}... ({len(text)} characters)"


def error_text(number: int) -> str:
    """Return an ASCOM error number as it is usually written."""
    return "no error" if number == 0 else f"error {number:#x}"

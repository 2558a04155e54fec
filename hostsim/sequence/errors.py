"""What can go wrong with a sequence, beside the devices."""

from __future__ import annotations

from tsplug import InputError, TsplugError


class SequenceFileError(InputError):
    """A sequence file cannot be used.

    Attributes:
        problems: one line each, ``FILE:LINE: path: message``.
    """

    def __init__(self, problems: list[str]) -> None:
        """Keep every problem."""
        super().__init__("\n".join(problems))
        self.problems = problems


class InstructionFailedError(TsplugError):
    """An instruction could not be carried out; the text says which, where, why, and what was left safe."""

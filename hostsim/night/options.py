"""What the user asks for."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class NightOptions:
    """Sequence file, output folder, store, speed (None as fast as the processor), Alpaca address, seed.

    ``db`` None keeps the store in the output folder, ``alpaca`` None starts simulators, ``seed`` None takes the
    sequence's.
    """

    sequence: Path
    out: Path
    db: str | None = None
    speed: float | None = None
    alpaca: str | None = None
    seed: int | None = None

    @property
    def store_url(self) -> str:
        """Return where the store is."""
        return self.db or str(self.out / "store.sqlite")

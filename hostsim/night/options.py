"""What the user asks for."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class NightOptions:
    """Sequence file, output folder, store, speed (None as fast as the processor), address, seed, scenario, truth.

    ``db`` None keeps the store in the output folder, ``alpaca`` (an address) None starts simulators, ``seed`` and
    ``scenario`` None take the sequence's; ``truth`` wants the truth beside each light, as the sequence may, too.
    ``faults`` is a file of faults that happen beside the sequence's.
    """

    sequence: Path
    out: Path
    db: str | None = None
    speed: float | None = None
    alpaca: str | None = None
    seed: int | None = None
    scenario: str | None = None
    truth: bool = False
    faults: Path | None = None

    @property
    def store_url(self) -> str:
        """Return where the store is."""
        return self.db or str(self.out / "store.sqlite")

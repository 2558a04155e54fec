"""What may come between the devices and the time that is given to them."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Protocol


class Troubles(Protocol):
    """Gives the devices their time, and whatever goes wrong with them meanwhile."""

    def pass_time(self, start: datetime, seconds: float) -> None:
        """Give the devices the seconds after ``start``."""
        ...

    def settle(self) -> None:
        """Have the last word after a request has changed a device."""
        ...

    def snapshot(self) -> list[dict[str, Any]]:
        """Return the state as JSON values."""
        ...

    def restore(self, snapshot: list[dict[str, Any]]) -> None:
        """Take up a state."""
        ...

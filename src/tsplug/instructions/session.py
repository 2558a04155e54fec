"""Where an instruction runs, and the one thing a host does before any of them."""

from __future__ import annotations

from dataclasses import dataclass

import pluggy

from tsplug.ports import Context


@dataclass(frozen=True)
class Session:
    """Where an instruction runs: the loaded plugins, the profile in use, and what hooks receive."""

    manager: pluggy.PluginManager
    profile_guid: str
    context: Context


def settle_panel(session: Session) -> str:
    """Switch the panel off and restore the readout mode that a flats run which never came to its end left behind.

    Call it when the equipment is connected.

    Returns:
        What was done or could not be done, empty where nothing was left behind.
    """
    from tsplug.services.flats_panel import settle_panel as settled

    return settled(session.profile_guid, session.context)

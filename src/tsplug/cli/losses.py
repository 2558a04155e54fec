"""Shows what an import or export could not carry: alike things once, with how many there are."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence

from tsplug.cli.output import counted, show_text
from tsplug.services.nina_report import NotCarried

SHOWN = 30
_IDS = 5
_VALUE = re.compile(r"""'[^']*'|"[^"]*"|-?\d[\d.e+-]*|\bNone\b""")


def show_losses(losses: Sequence[NotCarried]) -> None:
    """Print what could not be carried and why; ``--json`` has every single thing."""
    if not losses:
        return
    groups: defaultdict[tuple[str, str, str], list[NotCarried]] = defaultdict(list)
    for loss in losses:
        groups[loss.table, _VALUE.sub("", loss.what), loss.why].append(loss)
    show_text(f"Not carried as it was ({counted(len(losses), 'thing')}):")
    for (table, _, why), members in list(groups.items())[:SHOWN]:
        show_text(f"  {table}{_ids(members)}: {members[0].what}{_more(members)}: {why}")
    if len(groups) > SHOWN:
        show_text(f"  ... and {counted(len(groups) - SHOWN, 'other reason')}; --json tells all")


def _ids(members: Sequence[NotCarried]) -> str:
    ids = [str(member.id) for member in members if member.id is not None]
    return f" {', '.join(ids[:_IDS])}{', ...' if len(ids) > _IDS else ''}" if ids else ""


def _more(members: Sequence[NotCarried]) -> str:
    return f" (and {len(members) - 1} more)" if len(members) > 1 else ""

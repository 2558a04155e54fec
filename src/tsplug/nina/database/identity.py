"""Which row is which record: by guid, and by a derived one where the database has none."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID, uuid5

from tsplug.nina.database.codecs import decode_text
from tsplug.nina.database.fields import Row

_SPACE = UUID("0f6a5d3c-6d0c-5b9e-9a54-3f7f2a5f8f11")
# Changing this makes every database without guids look new.

_NAMED_BY: dict[str, tuple[str, ...]] = {
    "project": ("profileid", "createdate"),
    "target": ("projectid",),
    "exposureplan": ("profileid", "targetid"),
    "exposuretemplate": ("profileid",),
    "acquiredimage": ("acquireddate", "filtername"),
}
# Columns that every version has and no user edits, beside the id.


def plain_guid(value: Any) -> str:
    """Return a guid as N.I.N.A. writes it, in lower case with dashes; other text as it is, nothing for nothing."""
    text = "" if value is None else decode_text(value).strip()
    try:
        return str(UUID(text))
    except ValueError:
        return text


def derived_guid(table: str, row: Row) -> str:
    """Return the guid that a row of a database without guids always has."""
    parts = [table, row["id"], *(row.get(column) for column in _NAMED_BY[table])]
    return str(uuid5(_SPACE, "/".join(map(str, parts))))


def profile_guid(value: Any) -> str:
    """Return the guid of a profile; rows that name none share one of their own."""
    return plain_guid(value) or str(uuid5(_SPACE, "no profile"))


def copied_guid(guid: str, *, profile: str) -> str:
    """Return the guid that the copy of a template in a profile always has."""
    return str(uuid5(_SPACE, f"copy/{guid}/{profile}"))


class Identities:
    """The guids of the rows of one table: a guid that occurs twice in a database counts for the first row only."""

    def __init__(self, table: str) -> None:
        self._table = table
        self._seen: set[str] = set()

    def of(self, row: Row) -> tuple[str, str]:
        """Return the guid of a row and the one it had before the database knew guids; often they are one."""
        derived = derived_guid(self._table, row)
        guid = plain_guid(row.get("guid"))
        if not guid or guid in self._seen:
            guid = derived
        self._seen.add(guid)
        return guid, derived


def guids_of(table: str, rows: Iterable[Row]) -> dict[int, tuple[str, str]]:
    """Return `Identities.of` for every row by its id."""
    identities = Identities(table)
    return {row["id"]: identities.of(row) for row in rows}

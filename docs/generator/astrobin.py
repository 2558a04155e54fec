"""The AstroBin export: columns, keywords, settings."""

from __future__ import annotations

from generator.tables import table

from tsplug.astrobin.aliases import MEANINGS, Alias
from tsplug.astrobin.fields import FIELDS, Field, number_text
from tsplug.astrobin.settings_text import TEMPLATE


def astrobin_columns() -> str:
    """Return the columns with their limits."""
    return table(["column", "values", "decimals"], [_column(field) for field in FIELDS])


def astrobin_keywords() -> str:
    """Return the keywords of each meaning in order."""
    rows = [[f"`{name}`", ", ".join(_keyword(alias) for alias in each.aliases)] for name, each in MEANINGS.items()]
    return table(["meaning", "keywords, in order"], rows)


def astrobin_settings() -> str:
    """Return the commented settings."""
    return f"```toml\n{TEMPLATE}```"


def _column(field: Field) -> list[str]:
    if field.choices:
        values = ", ".join(number_text(choice) for choice in field.choices)
    elif field.maximum == float("inf"):
        values = f"{number_text(field.minimum)} and up"
    else:
        values = f"{number_text(field.minimum)} to {number_text(field.maximum)}"
    return [f"`{field.name}`", values, str(field.digits)]


def _keyword(alias: Alias) -> str:
    return f"`{alias.key}`" if alias.scale == 1 else f"`{alias.key}` x {alias.scale:g}"

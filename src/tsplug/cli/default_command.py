"""A group of commands one of which is meant where none is named."""

from __future__ import annotations

from typing import Any

from typer.core import TyperGroup


def group_with_default(default: str) -> type[TyperGroup]:
    """Return a kind of group in which arguments that name no command go to the default one."""

    class DefaultGroup(TyperGroup):
        """Hands what names no command to the default one; ``--help`` stays the group's."""

        default_name = default

        def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
            """Put the default command before arguments that name none."""
            if not args or (args[0] not in self.commands and args[0] not in self.get_help_option_names(ctx)):
                args = [self.default_name, *args]
            return super().parse_args(ctx, args)

    return DefaultGroup

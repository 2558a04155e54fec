"""``tsplug files preview``: a frame as a picture."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from tsplug.app import frame_files, write_file
from tsplug.cli.commands import command
from tsplug.cli.opening import Common
from tsplug.cli.output import show_json, show_text
from tsplug.cli.places import located, place
from tsplug.imaging.encoding import Form
from tsplug.imaging.preview import Colour, PreviewSettings
from tsplug.imaging.stretch import StretchSettings
from tsplug.model import FramePlace
from tsplug.services.previewing import preview_file

FORMS: dict[str, Form] = {".png": "png", ".jpg": "jpeg", ".jpeg": "jpeg"}
_SHADOWS = "Where black begins, in standard deviations from the median: nearer to 0 is harder."


@dataclass(frozen=True)
class Look:
    """How a picture looks."""

    width: Annotated[int, typer.Option(min=16, max=20_000, help="Its width in pixels; frames are not enlarged.")] = 1024
    colour: Annotated[
        Colour, typer.Option(help="Channels of colour frames: each stretched by itself, alike, or as brightness.")
    ] = Colour.UNLINKED
    shadows: Annotated[float, typer.Option(metavar="SIGMA", min=-20, max=10, help=_SHADOWS)] = -2.8
    target: Annotated[float, typer.Option(min=0.01, max=0.9, help="How bright the background becomes.")] = 0.25
    annotate: Annotated[bool, typer.Option("--annotate", help="With stars and the map of the field.")] = False

    def settings(self, form: Form) -> PreviewSettings:
        """Return it as imaging has it."""
        stretch = StretchSettings(shadows_sigma=self.shadows, target=self.target)
        return PreviewSettings(width_px=self.width, colour=self.colour, stretch=stretch, form=form)


def register_preview(group: typer.Typer) -> None:
    """Add the command."""
    command(group, "preview")(files_preview)


def files_preview(
    common: Common,
    look: Look,
    *,
    file: Annotated[Any, typer.Argument(metavar="FILE|URL", parser=located, help="A frame.")],
    out: Annotated[
        Path | None, typer.Option(parser=place, help="A .png or .jpg file; by default NAME.jpg in the present folder.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace a file that is there.")] = False,
) -> None:
    """Make a stretched picture of a frame, as PNG or JPEG."""
    picture = Path(f"{bare_name(file)}.jpg") if out is None else out
    form = FORMS.get(picture.suffix.lower())
    if form is None:
        raise typer.BadParameter(f"{picture.name!r} ends neither in .png nor in .jpg", param_hint="--out")
    preview = preview_file(file, frame_files(), settings=look.settings(form), annotated=look.annotate)
    write_file(picture, preview.data, force=force)
    told = {"file": str(file), "picture": str(picture), "width_px": preview.width_px, "height_px": preview.height_px}
    if common.as_json:
        show_json(told)
    else:
        show_text(f"{picture}: {preview.width_px} x {preview.height_px} pixels")


def bare_name(file: FramePlace) -> str:
    """Return the name of a frame without the endings that say how it is stored."""
    name = file.name.removesuffix(".gz").removesuffix(".fz")
    return name.rpartition(".")[0] or name or "preview"

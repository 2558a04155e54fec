"""Frames cannot be written."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import ClassVar, Literal

from hostsim.faults.parts.fault import FolderFault


class SaveFolderReadOnly(FolderFault):
    """No frame can be written: the folder is read-only."""

    help: ClassVar[str] = "The folder that frames are saved in is read-only."
    type: Literal["save_folder_read_only"] = "save_folder_read_only"

    def before_writing(self, file: Path) -> None:
        """Refuse.

        Raises:
            OSError: always.
        """
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))


FAULT = SaveFolderReadOnly

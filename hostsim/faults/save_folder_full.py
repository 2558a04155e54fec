"""There is no room for frames."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import ClassVar, Literal

from hostsim.faults.parts.fault import FolderFault


class SaveFolderFull(FolderFault):
    """No frame can be written: the disk is full."""

    help: ClassVar[str] = "The disk that frames are saved on is full."
    type: Literal["save_folder_full"] = "save_folder_full"

    def before_writing(self, file: Path) -> None:
        """Refuse.

        Raises:
            OSError: always.
        """
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


FAULT = SaveFolderFull

"""Pictures of frames on disk."""

from __future__ import annotations

import errno
from pathlib import Path

from tsplug.errors import FileError, InputError
from tsplug.files.disk_errors import disk_error
from tsplug.files.parts import sweep_parts
from tsplug.files.placing import placed

_REFUSING = (errno.EROFS, errno.EACCES, errno.EPERM)


class DiskPictures:
    """Keeps pictures as files."""

    def put(self, file: Path, content: bytes) -> bool:
        """Write a picture; see `tsplug.ports.Pictures`."""
        try:
            if file.is_file() and file.stat().st_size == len(content) and file.read_bytes() == content:
                return False
            file.parent.mkdir(parents=True, exist_ok=True)
            # Of an attempt before that was killed.
            sweep_parts(file)
            with placed(file, force=True) as place:
                place.write_bytes(content)
        except OSError as error:
            told = disk_error(f"{file}: the picture cannot be written", error)
            if error.errno in _REFUSING:
                told = FileError(f"{told}; `tsplug process --previews DIR` has it elsewhere")
            raise told from error
        except InputError as error:
            raise FileError(f"{file}: the picture cannot be written: {error}") from error
        return True

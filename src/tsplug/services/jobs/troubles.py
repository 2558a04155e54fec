"""What keeps a worker from working, told to whoever watches it: each trouble when it begins, not again and again."""

from __future__ import annotations

from tsplug.ports import Progress


class Troubles:
    """Remembers what was told."""

    def __init__(self, progress: Progress | None = None) -> None:
        """Take what is told; nobody is where that is None."""
        self._progress = progress
        self._stuck = 0
        self._away: set[str] = set()

    def store(self, error: Exception) -> None:
        """Tell of a store that does not answer."""
        self._tell(f"waiting for the store: {error}")

    def stuck(self, count: int) -> None:
        """Tell of processes that do not end, where there are more of them."""
        if count > self._stuck:
            self._tell(
                f"processes that were stopped and do not end, as where a disk does not answer: {count};"
                " so many frames fewer are worked on at once until they do"
            )
        self._stuck = count

    def away(self, file: str, why: str) -> None:
        """Tell of a frame that cannot be reached, one of its folder."""
        folder = _folder(file)
        if folder not in self._away:
            self._away.add(folder)
            self._tell(f"waiting for frames in {folder} until they can be reached: {why}")

    def reached(self, file: str) -> None:
        """Note that what lies in a folder can be reached."""
        self._away.discard(_folder(file))

    def _tell(self, what: str) -> None:
        if self._progress is not None:
            self._progress.report(what)


def _folder(file: str) -> str:
    return file.rpartition("/")[0]

"""The clearest frames of plans, kept as they were measured: an exposure after another is held against the same ones."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from threading import Lock
from weakref import WeakKeyDictionary

from tsplug.imaging.among_peers import Peer
from tsplug.model import AcquiredImage
from tsplug.ports import Store

# Hardly thirty kilobytes each; a night has a few plans per camera.
_MOST = 16


class KeptReferences:
    """Some measured frames, by their record and by numbers that another measuring of another file would change."""

    def __init__(self) -> None:
        """Start with none."""
        self._peers: OrderedDict[tuple[object, ...], Peer] = OrderedDict()
        self._lock = Lock()

    def of(self, image: AcquiredImage, detector: str) -> Peer | None:
        """Return the frame of a record as it was measured, if it is kept."""
        key = _key(image, detector, metrics=image.metrics)
        with self._lock:
            peer = self._peers.get(key)
            if peer is not None:
                self._peers.move_to_end(key)
        return peer

    def keep(self, image: AcquiredImage, peer: Peer, *, detector: str, metrics: Mapping[str, float]) -> None:
        """Keep a frame; the one that was not asked for the longest goes where there are too many."""
        key = _key(image, detector, metrics=metrics)
        with self._lock:
            self._peers[key] = peer
            self._peers.move_to_end(key)
            while len(self._peers) > _MOST:
                self._peers.popitem(last=False)


# Who measures is made anew for every exposure; what is kept goes with the store that its records are in.
_OF_STORES: WeakKeyDictionary[Store, KeptReferences] = WeakKeyDictionary()


def references_of(store: Store) -> KeptReferences:
    """Return what is kept of the frames of a store."""
    return _OF_STORES.setdefault(store, KeptReferences())


def _key(image: AcquiredImage, detector: str, *, metrics: Mapping[str, float]) -> tuple[object, ...]:
    return image.guid, str(image.file), detector, metrics.get("transparency"), metrics.get("adu_mean")

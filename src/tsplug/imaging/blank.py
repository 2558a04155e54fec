"""Areas of a frame that no sky was seen in: borders of registered frames, and what is no number."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

# So many pixels of one value a side are no sky, whose noise lets neighbours differ.
_SIDE_PX = 5
# A sample of every so many pixels, looked at in squares of so many samples, of which this share tells of an area.
_STEP_PX, _SQUARE, _SHARE = 4, 16, 1.0 / 32.0


def find_blank(frame: NDArray[np.float32], *, brightest: float) -> Mask | None:
    """Return which pixels lie in areas of exactly one value, or beside them; None where the frame has no such area.

    Args:
        frame: any frame; what was no number has one value.
        brightest: areas above this level are saturated stars and count as light.
    """
    if not _may_be_blank(frame):
        return None
    across = frame[:, 1:] == frame[:, :-1]
    alike = across[1:] & across[:-1]
    alike &= (frame[1:] == frame[:-1])[:, 1:]
    alike &= frame[1:, 1:] <= brightest
    # Squares of two by two pixels that are alike and overlap make larger ones.
    inside = _eroded(_eroded(alike, _SIDE_PX - 1).T, _SIDE_PX - 1).T
    if not inside.any():
        return None
    # Sums of pixels at the rim are partly blank, so one more belongs to the area on each side.
    blank = _dilated(_dilated(inside, _SIDE_PX + 2).T, _SIDE_PX + 2).T
    return np.ascontiguousarray(blank[1:-1, 1:-1])


def filled(mesh: Floats) -> Floats:
    """Return a mesh whose unknown values go on as known ones beside them do, and far from those stay as they are there.

    At least one value must be known.
    """
    mesh = _filled_once(mesh, straight_on=True)
    while np.isnan(mesh).any():
        mesh = _filled_once(mesh, straight_on=False)
    return mesh


def _may_be_blank(frame: NDArray[np.float32]) -> bool:
    """Tell from a sample whether neighbours are alike in many places of some part of the frame."""
    first, second = _STEP_PX // 2 - 1, _STEP_PX // 2
    height, width = (size // _STEP_PX * _STEP_PX for size in frame.shape)
    whole = frame[:height, :width]
    one = whole[first::_STEP_PX, first::_STEP_PX]
    alike = one == whole[second::_STEP_PX, first::_STEP_PX]
    alike &= one == whole[first::_STEP_PX, second::_STEP_PX]
    alike &= one == whole[second::_STEP_PX, second::_STEP_PX]
    rows, columns = (-(-size // _SQUARE) * _SQUARE for size in alike.shape)
    padded = np.pad(alike, ((0, rows - alike.shape[0]), (0, columns - alike.shape[1])))
    counts = padded.reshape(rows // _SQUARE, _SQUARE, columns // _SQUARE, _SQUARE).sum(axis=(1, 3))
    return bool(counts.max(initial=0) >= _SHARE * _SQUARE**2)


def _eroded(mask: Mask, count: int) -> Mask:
    """Return where so many values down from here are all true."""
    last = mask.shape[0] - count + 1
    found = mask[: max(last, 0)].copy()
    for down in range(1, count):
        found &= mask[down : down + found.shape[0]]
    return found


def _dilated(mask: Mask, count: int) -> Mask:
    """Return the mask longer by so many values less one, true where one of those up from here was."""
    found = np.zeros((mask.shape[0] + count - 1, mask.shape[1]), dtype=bool)
    for down in range(count):
        found[down : down + mask.shape[0]] |= mask
    return found


def _filled_once(mesh: Floats, *, straight_on: bool) -> Floats:
    """Put in what known values on each side of an unknown one say: the mean of what each leads to."""
    padded = np.pad(mesh, 2, constant_values=np.nan)
    height, width = mesh.shape
    total, count = np.zeros(mesh.shape), np.zeros(mesh.shape)
    for down, right in ((0, 1), (1, 0), (0, -1), (-1, 0), (1, 1), (1, -1), (-1, 1), (-1, -1)):
        near, far = (
            padded[2 + n * down : 2 + n * down + height, 2 + n * right : 2 + n * right + width] for n in (1, 2)
        )
        said = 2.0 * near - far if straight_on else near
        known = ~np.isnan(said)
        total[known] += said[known]
        count += known
    wanted = np.isnan(mesh) & (count > 0)
    return np.where(wanted, total / np.maximum(count, 1.0), mesh)

"""What is usual for a metric: levels of nights and of a plan, from samples of which some may be bad.

Samples are *harms*: the metric on a scale on which larger is worse and equal steps have equal effects (a logarithm
for what varies by factors). A frame is hardly ever better than the sky allows and often worse, so what is usual is
sought from the good side: the median of the better half, then of all within reach of it, until nothing changes.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from tsplug.grading.night_levels import MAD_TO_SIGMA, Night, NightCore, Sample, Yardstick, core_of, middle
from tsplug.grading.spells import Spells
from tsplug.grading.together import Nights, middle_of_both

TREND_PASSES = 2
PAIRS = 5
_DISC_SIGMA = 2.0


class Cause(StrEnum):
    """What may have made a frame's harm: nobody knows, the air alone, or the equipment."""

    UNKNOWN = "unknown"
    AIR = "air"
    SHAKEN = "shaken"
    DEFOCUSED = "defocused"


DISTURBED = (Cause.SHAKEN, Cause.DEFOCUSED)
"""What the equipment did."""


class Place(NamedTuple):
    """Where a frame stands among others: its night, its hour, the air it was seen through (NaN unknown), its cause.

    ``by_guiding`` is the harm that guiding beyond the usual did to it; ``is_over`` that a later night was begun.
    """

    night: date
    hour: float
    air: float
    cause: Cause = Cause.UNKNOWN
    by_guiding: float = 0.0
    is_over: bool = False


class Lasting(NamedTuple):
    """The level that a night has without its worse part, and the most that a frame of that part may have of harm."""

    before: float
    most: float


class Usual(NamedTuple):
    """What is usual for one frame, in harms at its own airmass.

    Attributes:
        level: what the frame is held against.
        slack: what it may exceed the level by beside the spread, because little is known of its night, it was seen
            through more air than the trend is known for, or it was guided a little worse.
        spread: the robust standard deviation within nights.
        used: how many samples this rests on, outliers left out.
        nights: how many nights have a level of their own.
        night: the level of its own night; None where too little is known of it.
        plan: the level of the plan.
        air: by how much the air of the frame raises all of these.
        cause: what may have made the frame's harm.
        undecided: whether later frames of the night may still show that the frame is usual.
        by_guiding: how much of the slack is due to guiding.
        lasting: where the level is that of a worse part of the night, which lasted long enough to be how the night had
            become: what it was held to before, and what it may come to. None elsewhere.
        sampled: whether the level is what pixels can just show, because usual stars are narrower.
    """

    level: float
    slack: float
    spread: float
    used: int
    nights: int
    night: float | None
    plan: float
    air: float
    cause: Cause = Cause.UNKNOWN
    undecided: bool = False
    by_guiding: float = 0.0
    lasting: Lasting | None = None
    sampled: bool = False

    def factor(self, sigma: float) -> float:
        """Return how many spreads a frame may lie beyond the level: two at most where its stars are discs."""
        return min(sigma, _DISC_SIGMA) if self.cause is Cause.DEFOCUSED else sigma

    def reach(self, sigma: float) -> float:
        """Return how far a frame may lie beyond the level.

        What is usual only because it lasted gets no further than the most, or what it was held to before allows.
        """
        reach = self.factor(sigma) * self.spread + self.slack
        return reach if self.lasting is None else min(reach, self.lasting_end(sigma) - self.level)

    def lasting_end(self, sigma: float) -> float:
        """Return the largest harm that is usual because it lasted; infinite where nothing did."""
        if self.lasting is None:
            return math.inf
        return max(self.lasting.before + self.factor(sigma) * self.spread, self.lasting.most) + self.slack

    def without_doubt(self) -> Usual:
        """Return the same without what is granted because little is known of the night."""
        return self._replace(slack=self.by_guiding) if self.night is None else self


class _Granted(NamedTuple):
    """What one frame is held against, as `Usual` has it, without the air."""

    level: float
    slack: float = 0.0
    undecided: bool = False
    lasting: Lasting | None = None


class Levels:
    """The levels of nights and plan; the order of the samples does not matter.

    Args:
        nights: at least one, or ``own`` is given.
        yardstick: the one that the nights have, too.
        own: one more night, which is not among the others.
    """

    def __init__(self, nights: Nights, yardstick: Yardstick, *, own: tuple[date, Night] | None = None) -> None:
        self._yardstick, self._nights, self._own = yardstick, nights, own
        self._trend = 0.0
        for _ in range(TREND_PASSES if yardstick.steepest > 0 else 0):
            slopes = () if own is None else own[1].slopes(self._trend)
            self._trend = _trend(nights.slopes(self._trend), slopes, steepest=yardstick.steepest)
        others = nights.at(self._trend)
        core = None if own is None else own[1].at(self._trend)
        added = {} if own is None or core is None else {own[0]: core}
        residuals = () if core is None else core.residuals
        found = bool(others.residuals or residuals)
        deviation = MAD_TO_SIGMA * middle_of_both(others.residuals, residuals) if found else 0.0
        self._spread = yardstick.within(deviation)
        self._used = others.used + (0 if core is None else core.used)
        self._known = others.known | added if core is not None and core.tells else others.known
        self._nights_known = len(self._known)
        # As measured: what pixels show of it is told where it is held against something.
        self._plan = _plan_level(self._known) if self._known else _level_of_all(others.cores | added, yardstick)

    def usual(self, place: Place) -> Usual:
        """Return what is usual for a frame."""
        own = self._known.get(place.night)
        by_air = 0.0 if math.isnan(place.air) else self._trend * place.air
        disturbed = place.cause in DISTURBED
        granted = self._granted(own, place)
        lasting = granted.lasting
        return Usual(
            level=granted.level + by_air,
            slack=0.0 if disturbed else granted.slack + place.by_guiding,
            spread=self._yardstick.floor if disturbed else self._spread,
            used=self._used,
            nights=self._nights_known,
            night=None if own is None else self._yardstick.shown(own.level) + by_air,
            plan=self._yardstick.shown(self._plan) + by_air,
            air=by_air,
            cause=place.cause,
            undecided=granted.undecided,
            by_guiding=0.0 if disturbed else place.by_guiding,
            lasting=None if lasting is None else Lasting(lasting.before + by_air, lasting.most + by_air),
            sampled=granted.level == self._yardstick.sampled,
        )

    def _granted(self, own: NightCore | None, place: Place) -> _Granted:
        yardstick = self._yardstick
        if own is None:
            slack = yardstick.swing if self._nights_known else yardstick.young
            return _Granted(yardstick.shown(self._plan), slack, self._is_young(place))
        most = yardstick.worst(self._plan)
        level = min(yardstick.shown(own.level), most)
        if place.cause is not Cause.AIR:
            return _Granted(level)
        spell, slack = self._spells_of(place.night).at(place.hour), self._by_more_air(own, place)
        begun = place.hour if spell is None else spell.begin
        undecided = begun >= self._settled() and not place.is_over
        if spell is not None and spell.tells:
            if self._nights_known == 1:
                # The part of one night that was better may have been superb: only other nights tell what is usual.
                most = max(most, yardstick.lasting)
            return _Granted(max(level, min(spell.level, most)), slack, undecided, Lasting(level, most))
        return _Granted(level, slack, undecided)

    def _is_young(self, place: Place) -> bool:
        """Return whether the air alone made a frame's harm, on a night that later frames may still tell of."""
        return self._yardstick.seeing and place.cause is Cause.AIR and not place.is_over

    def _spells_of(self, night: date) -> Spells:
        held = self._own[1] if self._own is not None and self._own[0] == night else self._nights[night]
        return held.spells(self._trend)

    def _settled(self) -> float:
        """Return the latest hour from which a night is settled."""
        others = self._nights.settled(self._trend)
        return others if self._own is None else max(others, self._own[1].spells(self._trend).settled)

    def _by_more_air(self, own: NightCore, place: Place) -> float:
        """Return what more air than usual may do beyond the trend, which little air or changing seeing may hide."""
        more = place.air - own.air
        return (self._yardstick.steepest - self._trend) * more if more > 0 else 0.0


def nights_of(samples: Sequence[tuple[date, Sample]], yardstick: Yardstick, *, newest: int | None = None) -> Nights:
    """Return samples by their nights; the spread rests on those of ranks below ``newest`` (None takes all)."""
    found: dict[date, list[Sample]] = {}
    for night, sample in samples:
        found.setdefault(night, []).append(sample)
    return Nights({night: Night(members, yardstick, newest=newest) for night, members in found.items()})


def _trend(slopes: Sequence[float], more: Sequence[float], *, steepest: float) -> float:
    """Return how harms grow with air within nights: the median slope of pairs, not below 0, at most the steepest.

    Too few pairs show no trend.
    """
    if len(slopes) + len(more) < PAIRS:
        return 0.0
    return min(max(middle_of_both(slopes, more), 0.0), steepest)


def _plan_level(known: Mapping[date, NightCore]) -> float:
    """Return the weighted median of nights; of two middle ones the better, so that a bad night does not drag it."""
    half, seen = sum(core.used for core in known.values()) / 2.0, 0
    for core in sorted(known.values(), key=lambda core: core.level):
        seen += core.used
        if seen >= half:
            return core.level
    raise AssertionError("the weights of all nights reach half of their sum")


def _level_of_all(cores: Mapping[date, NightCore], yardstick: Yardstick) -> float:
    flat = sorted(harm for core in cores.values() for harm in core.flat)
    begin, end = core_of(flat, yardstick)
    return middle(flat, begin, end=end)

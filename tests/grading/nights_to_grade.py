"""The nights on which graders are compared: what each is called, and the scenarios of its evenings."""

from __future__ import annotations

from hostsim.sky.scenario import AirPlan, CloudBank, CloudPlan, Scenario, SeeingPlan, SeeingSpell


def _seeing(zenith_arcsec: float, *, superb_until_h: float | None = None, superb_arcsec: float = 1.0) -> Scenario:
    spell = SeeingSpell(
        start_hours=-1.0, end_hours=superb_until_h or 0.0, zenith_arcsec=superb_arcsec, edge_minutes=5.0
    )
    spells = () if superb_until_h is None else (spell,)
    return Scenario(name="seeing", seeing=SeeingPlan(zenith_arcsec=zenith_arcsec, spells=spells))


def _bad_seeing(start_h: float, *, until_h: float) -> Scenario:
    spell = SeeingSpell(start_hours=start_h, end_hours=until_h, zenith_arcsec=4.2, edge_minutes=15.0)
    return Scenario(name="bad seeing", seeing=SeeingPlan(zenith_arcsec=2.1, spells=(spell,)))


SUPERB_FIRST_HOUR = _seeing(2.6, superb_until_h=1.9)
"""Frames begin in the dark, 0.8 h after dusk: their first hour has the seeing of 1 arcsecond."""

SUPERB_TWO_THIRDS = _seeing(2.6, superb_until_h=5.3, superb_arcsec=1.2)

HELD_OUT = (1313, 1414, 1515)
"""The seeds of the nights that are reported: no rule of grading was chosen by them.

Constants were chosen, and rules tried, by nights of 11, 23, 101, 202, 303, 404, 501 to 506, 606, 707, 808, 909, 1010.
"""

NIGHTS: dict[str, tuple[str | Scenario, ...]] = {
    "clear": ("clear",),
    "thin cloud": ("thin-cloud",),
    "thick cloud": ("cloud-bank",),
    "thick cloud most of the night": (
        Scenario(
            name="mostly clouded",
            clouds=CloudPlan(banks=(CloudBank(start_hours=2.0, end_hours=7.2, thickness_mag=3.0, edge_minutes=20.0),)),
        ),
    ),
    "defocus drift": ("defocus-drift",),
    "wind": ("wind",),
    "guiding loss": ("guiding-loss",),
    "satellites": ("satellites",),
    "dew": ("dew",),
    "superb first hour": (SUPERB_FIRST_HOUR,),
    "superb first half": (_seeing(2.6, superb_until_h=3.5, superb_arcsec=1.2),),
    "superb two thirds": (SUPERB_TWO_THIRDS,),
    "bad seeing for an hour": (_bad_seeing(3.0, until_h=4.0),),
    "bad seeing from midnight on": (_bad_seeing(5.0, until_h=9.0),),
    "a little of everything": ("mixed",),
    "superb first night": (_seeing(1.1), _seeing(2.4), _seeing(2.4)),
    "hazy night between clear ones": ("clear", Scenario(name="hazy", air=AirPlan(haze_mag=0.9)), "clear"),
    "seeing worse night by night": tuple(_seeing(2.0 + 0.15 * night) for night in range(6)),
}

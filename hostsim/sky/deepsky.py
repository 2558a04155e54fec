"""The table of extended objects: where the well-known galaxies, nebulae and clusters stand, and what they look like.

Positions are J2000. Positions, sizes, position angles and V magnitudes are the usual ones of observing lists, rounded;
magnitudes of faint large nebulae follow from a surface brightness of about 22.5 to 24 magnitudes per square arcsecond.
What is drawn within an outline is made up, but always the same.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Part:
    """One component of an object.

    ``shape`` names a pattern of `hostsim.sky.shapes`; ``share`` is its part of the object's light; ``size`` its major
    and minor diameter and ``offset`` its centre east and north of the object's, in arcminutes; ``angle_deg`` the
    position angle of its major axis. ``detail`` is the contrast of its texture or, for a spiral, of its arms; ``wound``
    says how tightly and which way those turn.
    """

    shape: str
    share: float
    size: tuple[float, float]
    angle_deg: float = 0.0
    offset: tuple[float, float] = (0.0, 0.0)
    detail: float = 0.5
    wound: float = 3.0


@dataclass(frozen=True)
class ExtendedObject:
    """A galaxy or nebula: J2000 degrees, integrated V magnitude, the kind of its light, and its components."""

    name: str
    ra_deg: float
    dec_deg: float
    magnitude: float
    light: str
    parts: tuple[Part, ...]

    @property
    def reach_deg(self) -> float:
        """Return how far from its centre anything of it is drawn."""
        return max(sum(abs(each) for each in part.offset) + 0.8 * part.size[0] for part in self.parts) / 60.0


@dataclass(frozen=True)
class Cluster:
    """A star cluster: J2000 degrees, V magnitude of all its stars, that of the brightest, half-light radius."""

    name: str
    ra_deg: float
    dec_deg: float
    magnitude: float
    brightest_mag: float
    half_light_arcmin: float


def _spiral(
    size: tuple[float, float], angle_deg: float, *, bulge: float, wound: float = 3.0, detail: float = 0.5
) -> tuple[Part, ...]:
    """Return the disc and the bulge of a spiral galaxy; ``bulge`` is the bulge's share of the light."""
    round_size = 0.22 * size[0], 0.22 * max(size[1], 0.6 * size[0])
    return (
        Part("disc", 1.0 - bulge, size, angle_deg, wound=wound, detail=detail),
        Part("bulge", bulge, round_size, angle_deg),
    )


def _round(size: tuple[float, float], angle_deg: float) -> tuple[Part, ...]:
    return (Part("bulge", 1.0, size, angle_deg),)


def _cloud(size: tuple[float, float], angle_deg: float = 0.0, *, detail: float = 1.2) -> tuple[Part, ...]:
    return (Part("cloud", 1.0, size, angle_deg, detail=detail),)


GALAXIES = (
    ExtendedObject(
        "M31", 10.685, 41.269, 3.44, "galaxy", _spiral((190.0, 60.0), 35.0, bulge=0.22, wound=-7.0, detail=0.25)
    ),
    ExtendedObject("M32", 10.674, 40.866, 8.08, "galaxy", _round((8.7, 6.5), 170.0)),
    ExtendedObject("M110", 10.092, 41.685, 8.07, "galaxy", _round((21.9, 11.0), 170.0)),
    ExtendedObject("M33", 23.462, 30.660, 5.72, "galaxy", _spiral((70.8, 41.7), 23.0, bulge=0.03, wound=-2.5)),
    ExtendedObject("M51", 202.470, 47.195, 8.36, "galaxy", _spiral((11.2, 9.4), 10.0, bulge=0.10, wound=3.2)),
    ExtendedObject("NGC 5195", 202.498, 47.266, 9.65, "galaxy", _round((5.8, 4.6), 79.0)),
    ExtendedObject("M81", 148.888, 69.065, 6.94, "galaxy", _spiral((26.9, 14.1), 157.0, bulge=0.30, wound=-4.0)),
    ExtendedObject("M82", 148.970, 69.680, 8.41, "galaxy", _spiral((11.2, 4.3), 65.0, bulge=0.15)),
    ExtendedObject("M101", 210.802, 54.349, 7.86, "galaxy", _spiral((28.8, 26.9), 39.0, bulge=0.04, wound=2.6)),
    ExtendedObject("M63", 198.955, 42.029, 8.6, "galaxy", _spiral((12.6, 7.2), 105.0, bulge=0.15, wound=5.0)),
    ExtendedObject("M64", 194.182, 21.683, 8.5, "galaxy", _spiral((10.0, 5.4), 115.0, bulge=0.25, wound=5.0)),
    ExtendedObject("M65", 169.733, 13.092, 9.3, "galaxy", _spiral((9.8, 2.9), 174.0, bulge=0.25, wound=4.0)),
    ExtendedObject("M66", 170.063, 12.992, 8.9, "galaxy", _spiral((9.1, 4.2), 173.0, bulge=0.15)),
    ExtendedObject("NGC 3628", 170.071, 13.589, 9.5, "galaxy", _spiral((14.8, 3.0), 104.0, bulge=0.15)),
    ExtendedObject("M104", 189.998, -11.623, 8.0, "galaxy", _spiral((8.7, 3.5), 90.0, bulge=0.50, wound=6.0)),
    ExtendedObject("M106", 184.740, 47.304, 8.4, "galaxy", _spiral((18.6, 7.2), 150.0, bulge=0.15)),
    ExtendedObject("M74", 24.174, 15.783, 9.4, "galaxy", _spiral((10.5, 9.5), 25.0, bulge=0.08, wound=3.0)),
    ExtendedObject("M83", 204.254, -29.866, 7.5, "galaxy", _spiral((12.9, 11.5), 45.0, bulge=0.10, wound=-3.0)),
    ExtendedObject("M87", 187.706, 12.391, 8.6, "galaxy", _round((16.6, 13.4), 170.0)),
    ExtendedObject("NGC 253", 11.888, -25.288, 7.1, "galaxy", _spiral((27.5, 6.8), 52.0, bulge=0.12)),
    ExtendedObject("NGC 891", 35.639, 42.349, 9.9, "galaxy", _spiral((13.5, 2.5), 22.0, bulge=0.15)),
    ExtendedObject("NGC 2403", 114.214, 65.603, 8.5, "galaxy", _spiral((21.9, 12.3), 127.0, bulge=0.03, wound=2.5)),
    ExtendedObject("NGC 4565", 189.087, 25.988, 9.6, "galaxy", _spiral((15.9, 1.9), 136.0, bulge=0.20)),
    ExtendedObject("NGC 4631", 190.533, 32.542, 9.2, "galaxy", _spiral((15.5, 2.7), 86.0, bulge=0.05)),
    ExtendedObject("NGC 6946", 308.718, 60.154, 8.9, "galaxy", _spiral((11.5, 9.8), 60.0, bulge=0.05, wound=2.5)),
    ExtendedObject("NGC 7331", 339.267, 34.416, 9.5, "galaxy", _spiral((10.5, 3.7), 171.0, bulge=0.25, wound=5.0)),
    ExtendedObject("NGC 5128", 201.365, -43.019, 6.8, "galaxy", _round((25.7, 20.0), 35.0)),
    ExtendedObject(
        "LMC",
        80.894,
        -69.756,
        0.4,
        "galaxy",
        (
            Part("cloud", 0.55, (645.0, 550.0), 170.0, detail=0.5),
            Part("bulge", 0.40, (190.0, 60.0), 110.0),
            Part("cloud", 0.05, (40.0, 35.0), 0.0, (240.0, 40.0), detail=1.5),
        ),
    ),
    ExtendedObject("SMC", 13.187, -72.829, 2.2, "galaxy", _cloud((320.0, 185.0), 45.0, detail=0.5)),
)

NEBULAE = (
    ExtendedObject(
        "M42",
        83.822,
        -5.391,
        4.0,
        "bright emission",
        (
            Part("fan", 0.30, (9.0, 8.0), 240.0, (0.6, 0.2), detail=0.6),
            Part("fan", 0.38, (32.0, 28.0), 220.0, (0.0, -3.0), detail=0.9),
            Part("cloud", 0.25, (66.0, 58.0), 30.0, (2.0, -8.0), detail=1.4),
            Part("cloud", 0.07, (14.0, 12.0), 0.0, (1.0, 9.0), detail=0.8),
        ),
    ),
    ExtendedObject("NGC 1977", 83.820, -4.850, 7.0, "reflection", _cloud((38.0, 18.0), 80.0)),
    ExtendedObject(
        "M45 nebulosity",
        56.75,
        24.117,
        5.0,
        "reflection",
        (
            Part("glow", 0.26, (36.0, 26.0), 160.0, (-9.3, -12.0), detail=0.55),
            Part("glow", 0.16, (24.0, 20.0), 20.0, (-16.1, 15.1), detail=0.5),
            Part("glow", 0.14, (24.0, 18.0), 100.0, (6.6, -0.7), detail=0.5),
            Part("glow", 0.10, (20.0, 16.0), 40.0, (-29.1, -0.2), detail=0.5),
            Part("glow", 0.06, (18.0, 14.0), 70.0, (29.6, -3.8), detail=0.5),
            Part("cloud", 0.28, (110.0, 90.0), 70.0, detail=1.3),
        ),
    ),
    ExtendedObject(
        "NGC 7000",
        314.70,
        44.33,
        4.2,
        "emission",
        (
            Part("cloud", 0.55, (120.0, 80.0), 160.0, (0.0, 10.0), detail=1.0),
            Part("cloud", 0.25, (70.0, 32.0), 40.0, (-18.0, -40.0), detail=0.9),
            Part("dark", 0.9, (60.0, 38.0), 150.0, (-32.0, -8.0)),
            Part("cloud", 0.20, (190.0, 150.0), 0.0, (-30.0, 0.0), detail=1.6),
        ),
    ),
    ExtendedObject("IC 5070", 312.75, 44.37, 5.8, "emission", _cloud((60.0, 50.0), 20.0)),
    ExtendedObject(
        "IC 1396",
        324.75,
        57.50,
        4.4,
        "emission",
        (
            Part("ring", 0.5, (165.0, 140.0), 90.0, detail=0.8),
            Part("cloud", 0.5, (170.0, 145.0), 90.0, detail=1.2),
            Part("dark", 0.85, (14.0, 7.0), 70.0, (-28.0, -2.0)),
        ),
    ),
    ExtendedObject(
        "IC 434",
        85.25,
        -2.43,
        6.3,
        "emission",
        (
            Part("cliff", 1.0, (78.0, 24.0), 175.0, (-2.4, 2.0), detail=0.5),
            Part("dark", 0.97, (5.2, 6.0), 20.0, (0.2, -1.6)),
            Part("dark", 0.9, (7.0, 3.6), 95.0, (3.6, -3.0)),
        ),
    ),
    ExtendedObject(
        "NGC 2024",
        85.43,
        -1.85,
        7.2,
        "emission",
        (
            Part("cloud", 1.0, (32.0, 30.0), 0.0, detail=0.9),
            Part("dark", 0.9, (26.0, 5.0), 12.0, (0.5, 0.0)),
        ),
    ),
    ExtendedObject(
        "NGC 2244 Rosette",
        97.98,
        4.95,
        4.9,
        "emission",
        (
            Part("ring", 0.7, (66.0, 62.0), 0.0, detail=1.1),
            Part("cloud", 0.3, (86.0, 80.0), 0.0, detail=1.2),
        ),
    ),
    ExtendedObject(
        "M27",
        299.902,
        22.721,
        7.4,
        "planetary",
        (
            Part("cloud", 0.45, (7.0, 3.6), 30.0, detail=0.4),
            Part("ring", 0.25, (7.6, 5.6), 125.0, detail=0.5),
            Part("cloud", 0.30, (8.6, 6.2), 125.0, detail=0.5),
        ),
    ),
    ExtendedObject(
        "M57",
        283.396,
        33.029,
        8.8,
        "planetary",
        (
            Part("ring", 0.85, (1.55, 1.2), 60.0, detail=0.2),
            Part("cloud", 0.15, (1.4, 1.1), 60.0, detail=0.2),
        ),
    ),
    ExtendedObject("M97", 168.699, 55.019, 9.9, "planetary", _cloud((3.6, 3.5), detail=0.4)),
    ExtendedObject(
        "NGC 7293 Helix",
        337.411,
        -20.837,
        7.3,
        "planetary",
        (
            Part("ring", 0.8, (17.0, 13.0), 120.0, detail=0.5),
            Part("cloud", 0.2, (24.0, 20.0), 120.0, detail=0.6),
        ),
    ),
    ExtendedObject("M1", 83.633, 22.015, 8.4, "planetary", _cloud((7.0, 5.0), 125.0, detail=0.8)),
    ExtendedObject(
        "NGC 6960 Veil",
        311.41,
        30.71,
        7.2,
        "remnant",
        (Part("arc", 1.0, (210.0, 200.0), 270.0, (96.0, -2.0), detail=1.3),),
    ),
    ExtendedObject(
        "NGC 6992 Veil",
        314.10,
        31.72,
        6.9,
        "remnant",
        (Part("arc", 1.0, (200.0, 190.0), 70.0, (-82.0, -25.0), detail=1.3),),
    ),
    ExtendedObject(
        "NGC 3372 Carina",
        161.265,
        -59.866,
        3.0,
        "bright emission",
        (
            Part("cloud", 0.35, (36.0, 30.0), 40.0, (-4.0, 6.0), detail=0.9),
            Part("cloud", 0.65, (130.0, 120.0), 0.0, detail=1.3),
            Part("dark", 0.85, (44.0, 7.0), 125.0, (4.0, -8.0)),
        ),
    ),
    ExtendedObject(
        "M8",
        270.92,
        -24.38,
        5.0,
        "bright emission",
        (
            Part("cloud", 0.4, (16.0, 12.0), 90.0, (-3.0, 0.0), detail=0.8),
            Part("cloud", 0.6, (90.0, 42.0), 95.0, detail=1.2),
            Part("dark", 0.85, (34.0, 4.0), 55.0, (4.0, 1.0)),
        ),
    ),
    ExtendedObject(
        "M20",
        270.60,
        -23.03,
        6.5,
        "emission",
        (
            Part("cloud", 1.0, (22.0, 20.0), 0.0, detail=0.5),
            Part("dark", 0.85, (16.0, 1.6), 20.0),
            Part("dark", 0.85, (9.0, 1.5), 95.0, (-4.0, 0.5)),
        ),
    ),
    ExtendedObject("M16", 274.70, -13.81, 6.0, "emission", _cloud((36.0, 30.0), 140.0)),
    ExtendedObject(
        "M17",
        275.20,
        -16.17,
        6.0,
        "bright emission",
        (
            Part("cloud", 0.6, (13.0, 5.0), 120.0, detail=0.6),
            Part("cloud", 0.4, (44.0, 36.0), 30.0, detail=1.3),
        ),
    ),
    ExtendedObject(
        "NGC 6888 Crescent", 303.03, 38.35, 7.6, "remnant", (Part("ring", 1.0, (20.0, 12.0), 40.0, detail=1.3),)
    ),
    ExtendedObject(
        "IC 1805 Heart",
        38.18,
        61.45,
        5.6,
        "emission",
        (
            Part("ring", 0.7, (110.0, 95.0), 60.0, detail=0.9),
            Part("cloud", 0.3, (130.0, 110.0), 60.0, detail=1.3),
        ),
    ),
    ExtendedObject(
        "IC 1848 Soul", 42.80, 60.43, 6.0, "emission", (Part("ring", 1.0, (100.0, 55.0), 80.0, detail=1.0),)
    ),
    ExtendedObject("NGC 281", 13.20, 56.63, 7.4, "emission", _cloud((35.0, 30.0), 0.0)),
    ExtendedObject("NGC 1499", 60.80, 36.42, 5.8, "emission", _cloud((160.0, 42.0), 125.0, detail=1.3)),
    ExtendedObject("NGC 2264", 100.25, 9.90, 6.6, "emission", _cloud((60.0, 35.0), 0.0, detail=1.3)),
    ExtendedObject(
        "NGC 7635 Bubble",
        350.20,
        61.20,
        9.0,
        "emission",
        (
            Part("ring", 0.4, (3.6, 3.4), 0.0, detail=0.3),
            Part("cloud", 0.6, (15.0, 9.0), 100.0, detail=1.0),
        ),
    ),
)

CLUSTERS = (
    Cluster("M13", 250.423, 36.461, 5.8, 11.9, 1.69),
    Cluster("M3", 205.548, 28.377, 6.2, 12.7, 2.31),
    Cluster("M5", 229.638, 2.081, 5.65, 12.2, 1.77),
    Cluster("M92", 259.281, 43.136, 6.4, 12.1, 1.02),
    Cluster("M15", 322.493, 12.167, 6.2, 12.6, 1.00),
    Cluster("M2", 323.363, -0.823, 6.5, 13.1, 1.06),
    Cluster("M22", 279.100, -23.905, 5.1, 10.7, 3.36),
    Cluster("M4", 245.897, -26.526, 5.6, 10.8, 4.33),
    Cluster("47 Tuc", 6.024, -72.081, 4.1, 11.7, 3.17),
    Cluster("Omega Centauri", 201.697, -47.480, 3.9, 11.5, 5.00),
    Cluster("M11", 282.770, -6.270, 5.8, 11.0, 4.0),
    Cluster("M35", 92.270, 24.340, 5.3, 9.0, 9.0),
    Cluster("M37", 88.070, 32.550, 5.6, 9.6, 7.0),
    Cluster("M67", 132.850, 11.810, 6.9, 9.9, 8.0),
    Cluster("NGC 869", 34.740, 57.130, 5.3, 8.8, 6.5),
    Cluster("NGC 884", 35.600, 57.150, 6.1, 9.0, 7.0),
)

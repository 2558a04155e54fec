"""Sites by distance: which frames were taken at one place, and whether its owner named it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from math import asin, cos, hypot, radians, sin, sqrt

from tsplug.astrobin.configuration import Configuration, KnownSite
from tsplug.astrobin.frames import Frame, FrameKind, Place
from tsplug.astrobin.sky import bortle_of

_EARTH_KM = 6371.0
UNKNOWN = "site not known"
"""The name of the place of frames that do not tell where they were taken."""

Point = tuple[float, float]


def distance_km(first: Point, second: Point) -> float:
    """Return the great-circle distance of two points of latitude and longitude in degrees (haversine, R 6371 km)."""
    (north, east), (other_north, other_east) = ((radians(a), radians(b)) for a, b in (first, second))
    half = sin((other_north - north) / 2) ** 2
    half += cos(north) * cos(other_north) * sin((other_east - east) / 2) ** 2
    return 2 * _EARTH_KM * asin(min(1.0, sqrt(half)))


@dataclass
class _Cluster:
    """Points of one place; its centre is their mean, on a plane: they lie close together."""

    north: float
    east: float
    count: int = 1

    def add(self, point: Point) -> None:
        self.count += 1
        self.north += (point[0] - self.north) / self.count
        # Across the date line the short way round counts.
        self.east += ((point[1] - self.east + 180) % 360 - 180) / self.count

    @property
    def centre(self) -> Point:
        return self.north, (self.east + 180) % 360 - 180


class Places:
    """The places of a set of lights: known sites where one is near enough, else clusters of their coordinates."""

    def __init__(self, lights: Iterable[Frame], configuration: Configuration) -> None:
        """Group lights by where they were taken; places found so far away from any known site keep coordinates."""
        self._configuration = configuration
        self._clusters: list[_Cluster] = []
        self._cache: dict[Point, Place] = {}
        names: dict[int, str] = {}
        for point, name in sorted({(p, f.gear.site_name) for f in lights if (p := _point(f)) is not None}):
            cluster = self._nearest(point)
            if cluster is None:
                cluster = _Cluster(*point)
                self._clusters.append(cluster)
            else:
                cluster.add(point)
            names.setdefault(id(cluster), name)
        self._names = names

    def of_light(self, frame: Frame) -> Place:
        """Return the place of a light; of one that knows none, the default one, else that of all the others."""
        point = _point(frame) or self._default_point()
        if point is None and len(self._clusters) == 1:
            point = self._clusters[0].centre
        if point is None:
            return self._default_place(frame)
        if point not in self._cache:
            self._cache[point] = self._place_at(point)
        return self._cache[point]

    def of_calibration(self, frame: Frame, places: Sequence[Place]) -> Place | None:
        """Return the lights' place that is nearest to a calibration frame; None where the frame does not know where."""
        point = _point(frame)
        near = [place for place in places if place.latitude_deg is not None and place.longitude_deg is not None]
        if point is None or not near:
            return None
        return min(near, key=lambda place: distance_km(point, (place.latitude_deg or 0, place.longitude_deg or 0)))

    def _nearest(self, point: Point) -> _Cluster | None:
        near = [(distance_km(point, cluster.centre), place) for place, cluster in enumerate(self._clusters)]
        distance, place = min(near, default=(float("inf"), 0))
        return self._clusters[place] if distance <= self._configuration.site_radius_km else None

    def _place_at(self, point: Point) -> Place:
        cluster = self._nearest(point)
        centre = point if cluster is None else cluster.centre
        site = known_site(centre, self._configuration) or known_site(point, self._configuration)
        if site is not None:
            return place_of_site(site)
        name = "" if cluster is None else self._names.get(id(cluster), "")
        return with_sky(
            Place(
                name=name or _coordinates(centre), latitude_deg=round(centre[0], 4), longitude_deg=round(centre[1], 4)
            ),
            self._configuration,
        )

    def _default_point(self) -> Point | None:
        defaults = self._configuration.defaults
        latitude, longitude = defaults.get("latitude_deg"), defaults.get("longitude_deg")
        if isinstance(latitude, float) and isinstance(longitude, float) and (latitude or longitude):
            return latitude, longitude
        return None

    def _default_place(self, frame: Frame) -> Place:
        if len(self._configuration.sites) == 1:
            return place_of_site(self._configuration.sites[0])
        name = frame.gear.site_name or str(self._configuration.defaults.get("site_name", "")) or UNKNOWN
        return with_sky(Place(name=name), self._configuration)


def places_of(frames: Sequence[Frame], configuration: Configuration) -> list[Place | None]:
    """Return the place of each frame; frames that have one keep it.

    Calibration takes the nearest place of a light, or none where it does not know where it was taken.
    """
    lights = [frame for frame in frames if frame.kind is FrameKind.LIGHT]
    places = Places((frame for frame in lights if frame.place is None), configuration)
    found = {id(frame): frame.place or places.of_light(frame) for frame in lights}
    distinct = list({id(place): place for place in found.values()}.values())
    return [frame.place or found.get(id(frame)) or places.of_calibration(frame, distinct) for frame in frames]


def placed(frames: Sequence[Frame], configuration: Configuration) -> list[Frame]:
    """Return frames with the places they were taken at."""
    found = places_of(frames, configuration)
    return [replace(frame, place=place) for frame, place in zip(frames, found, strict=True)]


def known_site(point: Point, configuration: Configuration) -> KnownSite | None:
    """Return the named site nearest to a point, if it lies within the radius."""
    near = [
        (distance_km(point, (site.latitude_deg, site.longitude_deg)), n) for n, site in enumerate(configuration.sites)
    ]
    distance, number = min(near, default=(float("inf"), 0))
    return configuration.sites[number] if distance <= configuration.site_radius_km else None


def place_of_site(site: KnownSite) -> Place:
    """Return a named site as a place; its Bortle class follows from its sky where it is not given."""
    bortle = site.bortle
    if bortle is None and site.sky_quality is not None:
        bortle = bortle_of(site.sky_quality)
    east = site.longitude_deg - 360 if site.longitude_deg > 180 else site.longitude_deg
    return Place(
        name=site.name,
        latitude_deg=site.latitude_deg,
        longitude_deg=east,
        elevation_m=site.elevation_m,
        time_zone=site.time_zone or "",
        bortle=bortle,
        sky_quality=site.sky_quality,
    )


def with_sky(place: Place, configuration: Configuration) -> Place:
    """Return a place that nobody described with the sky that the settings say to assume."""
    bortle, sky = configuration.defaults.get("bortle"), configuration.defaults.get("sky_quality")
    return place.model_copy(
        update={
            "bortle": bortle if isinstance(bortle, float) else None,
            "sky_quality": sky if isinstance(sky, float) else None,
        }
    )


def _point(frame: Frame) -> Point | None:
    if frame.latitude_deg is None or frame.longitude_deg is None:
        return None
    # Where a program knows no site it writes 0, 0, a place in the sea.
    if hypot(frame.latitude_deg, frame.longitude_deg) == 0:
        return None
    return round(frame.latitude_deg, 4), round(frame.longitude_deg, 4)


def _coordinates(point: Point) -> str:
    north, east = point
    return f"{abs(north):.4f}° {'N' if north >= 0 else 'S'}, {abs(east):.4f}° {'E' if east >= 0 else 'W'}"

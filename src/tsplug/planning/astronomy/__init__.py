"""Where things stand in the sky: small functions over whole arrays, in the true equator and equinox of date.

One precession-nutation matrix, one sidereal time and one velocity of the Earth serve a whole night (planner g); against
the full apparent chain that costs less than 0.01 degrees. UT1 is taken as UTC (within 0.9 s, 0.004 degrees), so no
table of the Earth's rotation is needed. Altitudes are without refraction.
"""

from __future__ import annotations

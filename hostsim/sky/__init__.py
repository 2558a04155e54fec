"""One sky for every simulated device: stars, light, optics and panel, turned into pixels; seeded and pure."""

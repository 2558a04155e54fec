"""Reports as pages and as numbers: of a night, of a target, of a profile; how they are drawn lies in `drawing`."""

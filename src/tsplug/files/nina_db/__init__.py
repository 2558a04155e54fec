"""Target Scheduler databases on disk: SQLite files that N.I.N.A. owns."""

"""Everything that is true, in one database: tables, units of work and migrations."""

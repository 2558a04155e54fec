"""The Target Scheduler database: its schema, and what each row means as a record."""

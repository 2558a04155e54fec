"""The numbered history of the schema, run by Alembic."""

"""The one linear history of the database, up and down on SQLite and PostgreSQL."""

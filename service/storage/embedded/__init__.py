"""TinyDB on a journal: one folder, one machine."""

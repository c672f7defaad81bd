"""Pages that belong to nobody."""

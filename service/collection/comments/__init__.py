"""Reading comments and giving them themes."""

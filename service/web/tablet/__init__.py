"""The tablet that a child is handed."""

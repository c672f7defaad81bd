"""Records, frozen: a file a noun. Imports nothing of collection but its neighbours here."""

"""Children and contacts of a home."""

"""A home: its dashboard, its details, its tablets."""

"""Contact lists that come in as Excel or CSV, and the empty one to fill in."""

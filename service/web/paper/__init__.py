"""Forms on paper: printing and data entry."""

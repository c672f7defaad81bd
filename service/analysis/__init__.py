"""WHAT IT ADDS UP TO: counts with their base, scales, what may be shown; pure functions over responses."""

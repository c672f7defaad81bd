"""What every request passes through: cookies, access, limits, headers, errors."""

"""Homes and who is asked there: children and contacts."""

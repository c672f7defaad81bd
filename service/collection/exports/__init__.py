"""Requests for large files."""

"""Audit, jobs, help lines."""

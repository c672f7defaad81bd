"""Alerts: raised, answered for, escalated."""

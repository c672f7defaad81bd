"""WHAT WE HAND ON: a report as sheets of tables. Knows no file format."""

from service.reports.report import Collation, collate

__all__ = ["Collation", "collate"]

"""WHAT WE HAND ON: workbooks, from records to sheets. The only place that knows Excel."""

from service.workbooks.collated import Collation, collate

__all__ = ["Collation", "collate"]

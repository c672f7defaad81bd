"""WHAT WE HAND ON: workbooks, from records to sheets. The only place that knows Excel."""

from service.workbooks.collated import Collation, collate
from service.workbooks.writer import write_workbook

__all__ = ["Collation", "collate", "write_workbook"]

"""Every form in which a workbook's content leaves: as a workbook, CSV, JSON, or for SPSS."""

from service.exporters.csv_json import CSV, JSON, ExportFormat
from service.exporters.excel.writer import write_to
from service.exporters.spss import write_spss

__all__ = ["CSV", "ENDINGS", "EXCEL", "FORMATS", "JSON", "SPSS", "ExportFormat"]

EXCEL = ExportFormat(".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", write_to)
SPSS = ExportFormat("-spss.zip", "application/zip", write_spss)
FORMATS = {"xlsx": EXCEL, "csv": CSV, "json": JSON, "sav": SPSS}
# What files that hold answers are called: whatever clears them away must know all of them.
ENDINGS = tuple(form.ending for form in FORMATS.values())

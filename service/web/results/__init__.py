"""Results, workbooks, exports."""

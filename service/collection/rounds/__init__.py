"""Opening, extending and closing rounds; the form versions they keep."""

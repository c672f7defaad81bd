"""Reports as files. Excel is known here and in contact_files alone."""

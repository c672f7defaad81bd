"""What can be asked for: one function each, whether a page, a command or a job asks."""

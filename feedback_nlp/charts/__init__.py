"""Charts of plain tables, for reports and notebooks: the data behind each, and an Altair chart of it."""

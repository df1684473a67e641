"""A summary in other formats than the page: workbook, slides, Markdown."""

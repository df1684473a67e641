"""Rows to responses: ids, duplicates, and the account of every row."""

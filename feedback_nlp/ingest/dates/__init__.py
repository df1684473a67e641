"""Dates as survey tools and people write them, and the periods they fall in."""

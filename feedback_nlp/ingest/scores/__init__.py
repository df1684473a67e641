"""Rating scales, further ratings, and whether a score runs with its words."""

"""Header rows, and which column plays which role."""

"""Files to cells: containers, encodings, formats."""

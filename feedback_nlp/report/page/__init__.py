"""How a report looks: the HTML page with its templates, styles and bars."""

"""From the notebooks to the site: a Sphinx extension, and what it puts into every page."""

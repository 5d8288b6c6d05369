"""Pages of docs/ that are written from the template, so that they can't fall behind it."""

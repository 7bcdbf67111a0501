"""Getting a site's files into the asset store: the I/O to the rules in `upload`."""

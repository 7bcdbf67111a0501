"""The client of the Platform API, in parts by subject."""

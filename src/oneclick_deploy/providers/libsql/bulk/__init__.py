"""What loaders ask of a libSQL client: much in one request, and nothing done twice."""

"""The libSQL data plane: databases that speak Hrana over HTTP on loopback ports."""

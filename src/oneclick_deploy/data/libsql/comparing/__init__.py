"""Compares both sides of an import over the network."""

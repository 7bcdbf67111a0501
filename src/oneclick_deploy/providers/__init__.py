"""Clients of the providers, one folder each, all with the same rooms."""

"""Checks of everything the tests send and receive against the providers' own documents."""

"""The part of a deployment that talks to providers."""

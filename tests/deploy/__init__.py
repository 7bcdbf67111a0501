"""Tests of whole deployments."""

"""Tests that open deployed apps in a real browser."""

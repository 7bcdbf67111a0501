"""Take a generated full-stack app to production with one call."""

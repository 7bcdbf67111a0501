"""What a schema means: names resolved, attributes read, relations paired, mistakes found."""

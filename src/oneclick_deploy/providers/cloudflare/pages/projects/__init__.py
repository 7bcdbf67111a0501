"""Projects and custom domains: one half of the Pages client."""

"""Forms of the set-up, one noun a module."""

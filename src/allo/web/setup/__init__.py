"""Set up: what an administrator changes on pages instead of in files."""

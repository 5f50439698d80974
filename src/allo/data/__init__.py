"""The one Django app with models: what the centre is set up as, and what happened in it."""

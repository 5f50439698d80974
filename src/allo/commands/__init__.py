"""Commands of `allo`, one module each, loaded only when they are called."""

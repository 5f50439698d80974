"""The process which carries out what the engine decides."""

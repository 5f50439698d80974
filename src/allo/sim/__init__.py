"""Discrete-event runs of the engine, for plans and for proof."""

"""Dialogues of the voice robot."""

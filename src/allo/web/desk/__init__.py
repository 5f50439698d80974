"""The agent's desk: one page for the whole working day."""

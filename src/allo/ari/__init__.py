"""Asterisk: run as a child process, spoken to over ARI."""

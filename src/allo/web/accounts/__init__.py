"""Accounts: signing in and out, passwords, language and theme."""

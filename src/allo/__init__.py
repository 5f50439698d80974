"""Allo: an open-source call centre."""

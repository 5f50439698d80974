"""Text to speech and, later, recognition: small protocols and their engines."""

"""The wallboard: a few huge figures for a television in the room."""

"""The floor: the team leader's live view of queues, agents and calls."""

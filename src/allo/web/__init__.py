"""The pages of agents, team leaders, administrators and customers."""

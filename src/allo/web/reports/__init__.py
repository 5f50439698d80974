"""Reports: questions with their figures, the calls behind each figure, and the recordings of calls."""

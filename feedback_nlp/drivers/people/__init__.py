"""People and groups: segments, experiments, who did not answer, who stayed, and whose words and score disagree."""

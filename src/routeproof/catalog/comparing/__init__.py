"""Which of several prices is lower for a workload, and what would change that."""

"""What judges build on: from observations to troubles, rates and results."""

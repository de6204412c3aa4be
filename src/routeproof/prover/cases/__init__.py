"""What cases are made of: bodies, prompts, tools, schemas."""

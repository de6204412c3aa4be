"""Plans, sends within its ceilings, keeps what came, and has it judged."""

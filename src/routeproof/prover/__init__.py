"""The prover: plans, sends, observes and judges, from outside the gateway."""

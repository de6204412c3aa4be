"""The demo: a scripted mix of requests through a gateway before simulated providers, each row and cost judged."""

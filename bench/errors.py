"""What can go wrong in a benchmark, so that a broken part is told apart from a slow one."""


class BenchError(Exception):
    """Something needed is missing or broke. The message says what, and the remedy where there is one."""


class PeerError(BenchError):
    """A peer can't be measured on this machine; the run goes on without it."""

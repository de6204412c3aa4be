"""The plain cases of the hot path in C, where they were compiled, and what stands in for them where they were not.

A reader gives exactly what the Python that calls it would give, or None: "not plain, read it the long way". So nothing
depends on it but speed, and there is one place that refuses and explains (docs/decisions/0008).
"""

try:
    from routeproof.native.plain import plain_chat, plain_fields, plain_head, plain_pack, plain_request, write_record
except ModuleNotFoundError:  # the sources, or a build without C; one that can't be loaded is an error
    from routeproof.native.absent import plain_chat, plain_fields, plain_head, plain_pack, plain_request, write_record

    COMPILED = False
else:
    COMPILED = True

__all__ = ["COMPILED", "plain_chat", "plain_fields", "plain_head", "plain_pack", "plain_request", "write_record"]

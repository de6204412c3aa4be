"""Bytes in, values out: HTTP head grammar, bounded JSON views, server-sent events."""

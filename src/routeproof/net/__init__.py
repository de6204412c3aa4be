"""Sockets: the HTTP/1.1 listener, the upstream pool and the egress rules."""

"""A certificate for the local upstream that is its own authority, made with the openssl command."""

import subprocess
from pathlib import Path
from typing import Final

import msgspec

from bench.errors import BenchError

# Python 3.13 verifies strictly (RFC 5280): an authority must carry the key identifiers and the key usage.
_REQUEST: Final = """\
[req]
distinguished_name = name
x509_extensions = extensions
prompt = no
[name]
CN = localhost
[extensions]
basicConstraints = critical, CA:TRUE
keyUsage = critical, digitalSignature, keyCertSign
extendedKeyUsage = serverAuth
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
subjectAltName = DNS:localhost, IP:127.0.0.1
"""


class Certificate(msgspec.Struct, frozen=True):
    """PEM files of a certificate and its key."""

    certificate: Path
    key: Path


def make_certificate(openssl: str, folder: Path) -> Certificate:
    """Write a P-256 certificate for localhost, valid for two days. Raises BenchError if openssl refuses."""
    made = Certificate(folder / "upstream.crt", folder / "upstream.key")
    request = folder / "upstream.cnf"
    request.write_text(_REQUEST)
    curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"]
    files = ["-keyout", str(made.key), "-out", str(made.certificate)]
    argv = [openssl, "req", "-x509", "-nodes", "-days", "2", *curve, *files, "-config", str(request)]
    run = subprocess.run(argv, capture_output=True, text=True, check=False, timeout=60)
    if run.returncode != 0:
        raise BenchError(f"openssl made no certificate: {run.stderr.strip()}")
    return made

"""nginx configurations: the upstream with its fixed answer, and the plain reverse proxy to compare with."""

import getpass
import os
from pathlib import Path

import msgspec

from bench.certificates import Certificate
from bench.upstreams import Upstream, Upstreams


class Proxied(msgspec.Struct, frozen=True):
    """One port of the reverse proxy and the upstream behind it."""

    port: int
    upstream: Upstream


def upstream_config(port: int, tls_port: int, certificate: Certificate, answer: bytes) -> str:
    """A server that answers everything with one JSON body, plain and over TLS.

    Raises ValueError if the answer holds what nginx would interpret.
    """
    text = answer.decode()
    if "'" in text or "$" in text or "\\" in text:
        raise ValueError("the fixed answer may not hold quotes, dollars or backslashes")
    return _frame(f"""\
  keepalive_timeout 3600s;
  ssl_certificate {certificate.certificate};
  ssl_certificate_key {certificate.key};
  server {{
    listen 127.0.0.1:{port};
    listen 127.0.0.1:{tls_port} ssl;
    location / {{
      default_type application/json;
      return 200 '{text}';
    }}
  }}
""")


def proxy_config(proxied: list[Proxied], upstreams: Upstreams) -> str:
    """A reverse proxy with a pool of upstream connections, one port for each upstream."""
    return _frame("".join(_proxy(entry, upstreams) for entry in proxied))


def _proxy(proxied: Proxied, upstreams: Upstreams) -> str:
    upstream = proxied.upstream
    scheme = "https" if upstream is Upstream.TLS else "http"
    extra = "proxy_buffering off;" if upstream is Upstream.STREAM else ""
    if upstream is Upstream.TLS:
        extra = f"proxy_ssl_verify on; proxy_ssl_name localhost; proxy_ssl_trusted_certificate {upstreams.ca_file};"
    return f"""\
  upstream {upstream} {{
    server 127.0.0.1:{upstreams.ports[upstream]};
    keepalive 256;
    keepalive_requests 100000000;
  }}
  server {{
    listen 127.0.0.1:{proxied.port};
    location /v1/ {{
      proxy_pass {scheme}://{upstream}/v1/;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header Authorization "Bearer none";
      {extra}
    }}
  }}
"""


def _frame(servers: str) -> str:
    # Workers of a root master become "nobody", who may not enter the run's folder.
    user = f"user {getpass.getuser()};" if os.geteuid() == 0 else ""
    return f"""\
daemon off;
{user}
worker_processes 1;
pid nginx.pid;
error_log stderr error;
events {{ worker_connections 16384; }}
http {{
  access_log off;
  keepalive_requests 100000000;
  client_max_body_size 32m;
  # Large bodies stay in memory, as in the gateways that it is compared with.
  client_body_buffer_size 8m;
  client_body_temp_path body;
  proxy_temp_path proxy;
  fastcgi_temp_path fastcgi;
  uwsgi_temp_path uwsgi;
  scgi_temp_path scgi;
{servers}}}
"""


def nginx_argv(nginx: str, folder: Path, config: str) -> list[str]:
    """Write the configuration into the folder; the command that runs it from there."""
    (folder / "nginx.conf").write_text(config)
    return [nginx, "-p", str(folder), "-c", "nginx.conf", "-e", "stderr"]

"""The commented configuration that `routeproof init` writes. It is valid once its variables are set."""

from typing import Final

STARTER_VARIABLES: Final = ("DEEPSEEK_API_KEY", "DASHSCOPE_API_KEY")
"""The environment variables that the starter refers to."""

STARTER: Final = """\
# Routeproof's configuration. Check it with `routeproof config check`.
# Relative paths start at this file's folder. Unknown settings are errors.

[server]
listen = "127.0.0.1:8400"          # clients: http://127.0.0.1:8400/v1
admin_listen = "127.0.0.1:8401"    # health and metrics; keep it away from clients
data_dir = "routeproof-data"       # the ledger and the flight recorder
# direct_routes = true             # clients may also send a route as `model`
# tls_cert = "server.crt"          # serve https; both or neither
# tls_key = "server.key"
# durability = "power"             # sync notes and rows to disk, in groups; default "process"
# facts = ["my-prices.toml"]       # facts files besides those that come with Routeproof
# log_level = "info"               # debug, info, warning, error
# log_style = "auto"               # text on a terminal, JSON lines elsewhere; or "text", "json"

# --- Providers: one table for each account at an upstream API --------------------------------
# dialect  "openai", "deepseek", "qwen" or "newapi"
# api_key  "env:NAME", "file:PATH" or "none"; a key is never written here

[providers.deepseek]
dialect = "deepseek"
api_key = "env:DEEPSEEK_API_KEY"
# on_disconnect = "drain"          # client gone: read on to the usage, within a cap; default "close"
# first_byte_timeout_s = 120       # also: connect_timeout_s, idle_event_timeout_s, total_timeout_s
# map_foreign_controls = true      # turn Qwen's `enable_thinking` into `thinking`; default: refuse it

[providers.qwen]
dialect = "qwen"
region = "singapore"               # or beijing, us-virginia, hong-kong, frankfurt, tokyo
# workspace = "ws-your-id"         # use the workspace's own host
api_key = "env:DASHSCOPE_API_KEY"

# A server of your own:
# [providers.local]
# dialect = "openai"
# base_url = "http://127.0.0.1:8000/v1"
# allow_plain = true               # http and private addresses only where you say so
# allow_networks = ["127.0.0.0/8"] # narrower: only these private networks
# api_key = "none"

# --- Models: what clients send as `model` ----------------------------------------------------
# A route is "provider/model-id".

[models."assistant"]
routes = ["deepseek/deepseek-flash"]
fallbacks = ["qwen/qwen-plus"]     # tried in order, only before the first byte
# rollback = "deepseek/deepseek-v4-pro"

# Shares of the requests, by weight:
# [models."assistant-canary"]
# routes = [
#   {route = "deepseek/deepseek-flash", weight = 90},
#   {route = "qwen/qwen-plus", weight = 10},
# ]

# --- Staleness: after how many days without a check a fact is marked, and held back from quotes -----
# [staleness]
# price = { warn_after_days = 30, hold_after_days = 90 }

# --- Names that a provider retires: refused at that instant, unless ------------------------------
# [aliases."deepseek/deepseek-chat"]
# policy = "map"                   # follow (the facts), refuse, map, ignore
# to = "deepseek-flash"            # default: the successor that the facts name

# --- Limits: every bound has a default --------------------------------------------------------
# [limits]
# body_bytes_max = 33554432
# total_timeout_s = 3600
# retries_max = 2                  # 0 never tries another route
"""

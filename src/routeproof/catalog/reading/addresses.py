"""How facts about addresses are read: endpoints and regions."""

import re
from functools import partial

from routeproof.catalog.reading.common import Common, read_subject
from routeproof.catalog.reading.fields import FactTable
from routeproof.catalog.reading.services import read_status
from routeproof.catalog.reading.values import is_host
from routeproof.catalog.service_kinds import Answers, EndpointFact, KeyScope, RegionFact


def read_endpoint(table: FactTable, common: Common) -> EndpointFact:
    """A path, and whether and where it is served."""
    value = table.table("value", "a table such as { method = 'POST', path = '/completions', answers = 'served' }")
    fact = EndpointFact(
        **common,
        subject=read_subject(table, needs_model=False),
        path=value.text("path", _is_path, "the path as it is requested, such as '/completions'"),
        answers=Answers(value.choice("answers", tuple(Answers))),
        method=value.optional_choice("method", ("GET", "POST", "DELETE")),
        base=None if value.raw("base") is None else value.address("base"),
        format=value.optional_name("format", "the wire format that it speaks, such as 'anthropic'"),
        status=read_status(value),
    )
    if fact.answers is Answers.BETA_ONLY and fact.base is None:
        value.problem("base", "is missing; write the address where it is served")
    value.close()
    return fact


def read_region(table: FactTable, common: Common) -> RegionFact:
    """The hosts of a region, and which keys they take."""
    value = table.table("value", "a table such as { shared_host = 'api.example.com', key_scope = 'region' }")
    template = "'{workspace}.eu.example.com', with {workspace} once"
    fact = RegionFact(
        **common,
        subject=read_subject(table, needs_model=False),
        region=value.name("region", "the region's name"),
        plan=value.optional_name("plan", "the plan that the hosts are for"),
        shared_host=value.optional_text("shared_host", is_host, "a host such as 'api.example.com'"),
        workspace_host=value.optional_text("workspace_host", partial(is_host, placeholder="{workspace}"), template),
        key_scope=KeyScope(value.choice("key_scope", tuple(KeyScope))),
        key_prefix=value.optional_name("key_prefix", "how its keys begin, such as 'sk-'"),
    )
    if value.raw("shared_host") is None and value.raw("workspace_host") is None:
        value.problem("shared_host", "is missing, and so is workspace_host; write one of them at least")
    value.close()
    return fact


def _is_path(text: str) -> bool:
    return re.fullmatch(r"/[A-Za-z0-9._~/{}-]*", text) is not None

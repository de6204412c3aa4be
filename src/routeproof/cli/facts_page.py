"""`routeproof facts page`: the shipped facts as a page of the documentation."""

from routeproof.cli.console import say
from routeproof.config.facts_files import load_facts
from routeproof.operations.facts.page import facts_page


def page() -> None:
    """Write the facts that come with Routeproof as a page of Markdown, with sources and dates.

    A configuration and its own facts files are left out.
    """
    say(facts_page(load_facts()).rstrip("\n"))

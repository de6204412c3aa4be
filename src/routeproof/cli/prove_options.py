"""The options of `routeproof prove`."""

from enum import StrEnum
from typing import Annotated

import typer

from routeproof.operations.proving.targets import EndpointWords


class PackName(StrEnum):
    """The packs that can be asked for by name."""

    SMOKE = "smoke"
    QUALIFY = "qualify"
    SENTINEL = "sentinel"


class ViaName(StrEnum):
    """The way that requests take."""

    DIRECT = "direct"
    GATEWAY = "gateway"
    BOTH = "both"


RouteArgument = Annotated[str | None, typer.Argument(metavar="ROUTE", help="A route of the configuration.")]
PackOption = Annotated[PackName, typer.Option("--pack", help="Which checks, and how often.")]
ChecksOption = Annotated[
    str | None, typer.Option("--checks", metavar="ID,...", help="These checks alone, in place of a pack.")
]
ViaOption = Annotated[ViaName, typer.Option("--via", help="Straight to the provider, through the gateway, or both.")]
BaseUrlOption = Annotated[
    str | None, typer.Option("--base-url", metavar="URL", help="An endpoint of no configuration: up to and with /v1.")
]
ApiKeyOption = Annotated[
    str | None, typer.Option("--api-key", metavar="REF", help="Its key: env:NAME, file:PATH or none.")
]
ModelOption = Annotated[str | None, typer.Option("--model", metavar="ID", help="Its model, as the endpoint calls it.")]
DialectOption = Annotated[str, typer.Option("--dialect", help="Its family: openai, deepseek, qwen or newapi.")]
RegionOption = Annotated[str | None, typer.Option("--region", help="Its region, where prices depend on one.")]
PricesOption = Annotated[
    str | None, typer.Option("--prices", metavar="FAMILY", help="Whose price facts apply, if not the dialect's.")
]
PlainOption = Annotated[bool, typer.Option("--allow-plain", help="It may be plain http, and at a private address.")]
GatewayKeyOption = Annotated[
    str | None, typer.Option("--gateway-key", metavar="REF", help="The gateway's key for --via gateway or both.")
]
OtherKeyOption = Annotated[
    str | None, typer.Option("--other-key", metavar="REF", help="A second key of the provider, for checks of tenancy.")
]
RevokedKeyOption = Annotated[
    str | None, typer.Option("--revoked-key", metavar="REF", help="A key of the provider that no longer works.")
]
OtherRegionKeyOption = Annotated[
    str | None, typer.Option("--other-region-key", metavar="REF", help="A key of another region of the provider.")
]
SeedOption = Annotated[int | None, typer.Option("--seed", min=0, help="Decides everything that is drawn.")]
ConcurrencyOption = Annotated[
    int, typer.Option("--concurrency", min=1, max=256, help="Trials that are under way at once.")
]
BudgetOption = Annotated[
    str | None,
    typer.Option("--budget-usd", metavar="AMOUNT", help="Spend no more; what then does not fit is not sent."),
]
ResumeOption = Annotated[
    bool | None,
    typer.Option(
        "--resume/--anew",
        help="Go on with an interrupted run, or leave it alone. Without either: go on where there is one.",
        show_default=False,
    ),
]
YesOption = Annotated[bool, typer.Option("--yes", "-y", help="Agree to the plan without being asked.")]
DryRunOption = Annotated[bool, typer.Option("--dry-run", help="Show the plan, and send nothing.")]
SelfTestOption = Annotated[
    bool,
    typer.Option("--self-test", help="Test the prover itself: all checks, or those asked for, before seeded defects."),
]


def endpoint_words(
    base_url: str | None,
    api_key: str | None,
    model: str | None,
    dialect: str,
    region: str | None,
    prices: str | None,
    *,
    allow_plain: bool,
) -> EndpointWords | None:
    """The endpoint that is described; None where none is. Raises BadParameter where a part is missing."""
    if base_url is None and api_key is None and model is None:
        return None
    for value, option in ((base_url, "--base-url"), (api_key, "--api-key"), (model, "--model")):
        if value is None:
            raise typer.BadParameter("an endpoint needs --base-url, --api-key and --model", param_hint=option)
    assert api_key is not None and model is not None
    return EndpointWords(
        base_url=base_url,
        api_key=api_key,
        model=model,
        dialect=dialect,
        region=region,
        prices=prices,
        allow_plain=allow_plain,
    )

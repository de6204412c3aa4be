"""`routeproof prove`: whether a route, or any OpenAI-compatible endpoint, does what it must."""

import os
import sys
from functools import partial
from pathlib import Path

import typer

from routeproof.cli.console import json_line, say, tell
from routeproof.cli.evidence_options import place_at
from routeproof.cli.exits import Exit
from routeproof.cli.options import CONFIG_DEFAULT, ConfigOption, JsonOption, runtime_of
from routeproof.cli.proof_shown import show_facets, show_results, show_spent
from routeproof.cli.prove_options import (
    ApiKeyOption,
    BaseUrlOption,
    BudgetOption,
    ChecksOption,
    ConcurrencyOption,
    DialectOption,
    DryRunOption,
    GatewayKeyOption,
    ModelOption,
    OtherKeyOption,
    OtherRegionKeyOption,
    PackName,
    PackOption,
    PlainOption,
    PricesOption,
    RegionOption,
    ResumeOption,
    RevokedKeyOption,
    RouteArgument,
    SeedOption,
    SelfTestOption,
    ViaName,
    ViaOption,
    YesOption,
    endpoint_words,
)
from routeproof.cli.prove_plan_shown import show_plan
from routeproof.cli.prove_progress import prove_progress
from routeproof.cli.self_test import self_test_for, show_self_test
from routeproof.errors import OperatorError
from routeproof.money import parse_price
from routeproof.operations.evidence.kept import EvidencePlace
from routeproof.operations.evidence.signers import ready_signer
from routeproof.operations.kill_matrix.self_test import checks_to_test
from routeproof.operations.proving.asked import ProofWords, carry_out, plan_proof
from routeproof.operations.proving.running import PlannedRun, ProvenRun
from routeproof.operations.proving.summary import plan_summary, planned_requests, proof_summary
from routeproof.prover.engine.running import CONCURRENCY
from routeproof.prover.packs import Pack
from routeproof.store.evidence_store import Stored


def prove(
    context: typer.Context,
    route: RouteArgument = None,
    pack: PackOption = PackName.SMOKE,
    checks: ChecksOption = None,
    via: ViaOption = ViaName.DIRECT,
    base_url: BaseUrlOption = None,
    api_key: ApiKeyOption = None,
    model: ModelOption = None,
    dialect: DialectOption = "openai",
    region: RegionOption = None,
    prices: PricesOption = None,
    allow_plain: PlainOption = False,
    gateway_key: GatewayKeyOption = None,
    other_key: OtherKeyOption = None,
    revoked_key: RevokedKeyOption = None,
    other_region_key: OtherRegionKeyOption = None,
    seed: SeedOption = None,
    concurrency: ConcurrencyOption = CONCURRENCY,
    budget: BudgetOption = None,
    resume: ResumeOption = None,
    yes: YesOption = False,
    dry_run: DryRunOption = False,
    self_test: SelfTestOption = False,
    config: ConfigOption = CONFIG_DEFAULT,
    as_json: JsonOption = False,
) -> None:
    """Prove a route, or any OpenAI-compatible endpoint.

    Shows the plan and what it may cost at most, and asks before anything is sent. Exit code 0: everything that must
    hold does; 1: something does not; 2: undecided, not run, or interrupted.
    """
    place = place_at(config)
    ids = tuple(part.strip().upper() for part in (checks or "").split(",") if part.strip())
    if self_test:
        tested = checks_to_test(ids, Pack(pack) if _is_given(context, "pack") else None)
        raise typer.Exit(show_self_test(runtime_of(context), place, tested, as_json=as_json))
    words = ProofWords(
        route=route,
        endpoint=endpoint_words(base_url, api_key, model, dialect, region, prices, allow_plain=allow_plain),
        pack=Pack(pack),
        checks=ids,
        via=via,
        gateway_key=gateway_key,
        other_key=other_key,
        revoked_key=revoked_key,
        other_region_key=other_region_key,
        seed=seed,
        concurrency=concurrency,
        money_max_nanousd=_budget(budget),
        begin_anew=resume is False,
    )
    self_tests = partial(self_test_for, runtime_of(context), place, make=not dry_run)
    planned = plan_proof(words, place, os.environ, Path.cwd(), self_tests)
    if resume and not planned.resumes:
        raise OperatorError("there is no interrupted run of this to go on with; leave --resume out")
    show_plan(planned.plan, tell if as_json else say)
    if dry_run:
        if as_json:
            json_line(plan_summary(planned.plan))
        return
    if planned.resumes:
        tell("Going on with the run that was interrupted; what it measured counts.")
    agree(yes=yes)
    raise typer.Exit(_run(planned, place, as_json=as_json))


def _is_given(context: typer.Context, option: str) -> bool:
    """Whether somebody chose it, be it what it would be anyway."""
    source = context.get_parameter_source(option)
    return source is not None and source.name == "COMMANDLINE"


def _budget(text: str | None) -> int | None:
    if text is None:
        return None
    try:
        return parse_price(text)
    except ValueError as error:
        raise typer.BadParameter(f"{error}: an amount of US dollars", param_hint="'--budget-usd'") from error


def agree(*, yes: bool) -> None:
    """Let nothing be sent that nobody agreed to."""
    if yes:
        return
    if not all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stderr)):
        tell("Nothing was sent: there is nobody to ask. Add --yes to agree to this plan.")
        raise typer.Exit(Exit.USAGE)
    typer.confirm("Send these requests?", abort=True, err=True)


def _run(planned: PlannedRun, place: EvidencePlace, *, as_json: bool) -> int:
    signer = ready_signer(place.data_dir, place.rules)
    with prove_progress(planned.plan) as progress:
        proven, stored = carry_out(planned, place, signer, progress)
    if as_json:
        json_line(proof_summary(proven, stored))
    elif stored is not None:
        _show(proven, stored)
    if proven.stopped is not None:
        tell(
            f"Interrupted ({proven.stopped}): {progress.measured} of {planned_requests(proven.plan)} requests are "
            "measured and kept, and nothing is concluded. The same command with --resume goes on from here."
        )
        return Exit.USAGE
    return proven.exit_code


def _show(proven: ProvenRun, stored: Stored) -> None:
    say()
    show_facets(proven.run.facets)
    show_results(proven.plan, proven.run.results)
    show_spent(proven.plan, proven.run.spent)
    say(f"Verdict: {proven.verdict}. Evidence {stored.digest}, until {stored.statement.predicate.expires}.")
    say(f"A page for everybody: routeproof report {stored.digest[:12]} --output report.html")

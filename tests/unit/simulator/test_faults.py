"""The names of faults and how one is asked for."""

import pytest

from routeproof.simulator.fault_answers import ANSWER_FAULTS
from routeproof.simulator.fault_bodies import BODY_FAULTS
from routeproof.simulator.fault_memory import MEMORY_FAULTS
from routeproof.simulator.fault_requests import REQUEST_FAULTS
from routeproof.simulator.fault_streams import STREAM_FAULTS
from routeproof.simulator.fault_usage import USAGE_FAULTS
from routeproof.simulator.fault_wire import WIRE_FAULTS
from routeproof.simulator.faults import (
    GATEWAY_FAULTS,
    REFUSALS,
    Fault,
    FaultCall,
    UnknownFaultError,
    parse_fault_call,
)


def test_every_fault_is_of_exactly_one_kind() -> None:
    """None is a mere name, none is committed twice."""
    tables = (BODY_FAULTS, STREAM_FAULTS, USAGE_FAULTS, REQUEST_FAULTS, ANSWER_FAULTS, WIRE_FAULTS)
    kinds = [*map(set, tables), set(MEMORY_FAULTS), set(REFUSALS), set(GATEWAY_FAULTS)]
    assert set.union(*kinds) == set(Fault)
    assert sum(len(kind) for kind in kinds) == len(Fault)


def test_reads_a_name_and_its_settings() -> None:
    """As the header `x-sim-fault` has them."""
    assert parse_fault_call("reset") == FaultCall(fault=Fault.RESET)
    assert parse_fault_call("stall_mid_stream; after_events=3;seconds=0.25;count=7") == FaultCall(
        fault=Fault.STALL_MID_STREAM, after_events=3, seconds=0.25, count=7
    )


@pytest.mark.parametrize("text", ["", "explode", "reset;after_events=x", "reset;when=1", "reset;seconds=-1"])
def test_what_it_does_not_know_is_refused(text: str) -> None:
    """A typo never passes for an honest run."""
    with pytest.raises(UnknownFaultError):
        parse_fault_call(text)


def test_the_refusal_of_a_name_lists_the_names() -> None:
    """The message is the manual."""
    with pytest.raises(UnknownFaultError, match="cut_mid_utf8"):
        parse_fault_call("explode")

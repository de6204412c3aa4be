"""Each thing is told once: what follows from another difference is left out."""

from routeproof.prover.comparison.facets import Difference
from routeproof.prover.comparison.pruning import told_once


def difference(path: str, direct: str | None, gateway: str | None, case: str = "compare-plain") -> Difference:
    """One of two pairs."""
    return Difference(
        case=case, path=path, direct=direct, gateway=gateway, times=2, pairs=2, noise=0, observation="o/1/1/gateway"
    )


def told(*found: Difference) -> list[str]:
    """The paths that are left."""
    return [one.path for one in told_once(found)]


def test_members_that_went_with_their_object_are_not_told() -> None:
    """Lost with what they lie in; a member that changed beside it is told."""
    found = (
        difference("usage", "object", None),
        difference("usage.prompt_tokens", "7", None),
        difference("choices[].delta", "object", None),
        difference("choices[].delta.tool_calls[].id", "string", None),
        difference("model", '"a"', '"b"'),
    )

    assert told(*found) == ["usage", "choices[].delta", "model"]


def test_a_member_lost_where_its_object_was_added_is_told() -> None:
    """Only what goes the same way follows."""
    assert told(difference("error", None, "object"), difference("error.code", "null", None)) == ["error", "error.code"]


def test_an_answer_in_place_of_an_error_is_told_by_its_status() -> None:
    """Everything else differs because of that; another error status keeps what differs in the error."""
    answered = (difference("status", "400", "200"), difference("choices", None, "array"))
    refused = (difference("status", "422", "400"), difference("error.code", '"a"', '"b"'))

    assert told(*answered) == ["status"]
    assert told(*refused) == ["status", "error.code"]


def test_a_body_of_another_kind_is_told_by_its_type() -> None:
    """A stream that came in one piece has no chunks to compare."""
    found = (
        difference("content-type", "text/event-stream", "application/json"),
        difference("stream text", "in many events", None),
        difference("choices[].delta", "object", None),
    )

    assert told(*found) == ["content-type", "stream text"]


def test_cases_are_looked_at_apart() -> None:
    """What explains one case's difference says nothing about another's."""
    found = (difference("usage", "object", None, "compare-a"), difference("usage.prompt_tokens", "7", "8", "compare-b"))

    assert told(*found) == ["usage", "usage.prompt_tokens"]

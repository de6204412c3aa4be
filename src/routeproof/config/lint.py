"""`[lint]`: reads which findings the operator has decided not to be told of."""

from routeproof.config.lint_codes import LintCode
from routeproof.config.problems import did_you_mean, shown_value
from routeproof.config.table import Table


def read_lint(table: Table) -> frozenset[LintCode]:
    """The codes under `ignore`. One that does not exist is noted and left out."""
    codes = {code.value: code for code in LintCode}
    ignored: set[LintCode] = set()
    for index, name in enumerate(table.texts("ignore")):
        code = codes.get(name)
        if code is None:
            remedy = did_you_mean(name, codes)
            table.item_problem("ignore", index, f"{shown_value(name)} is no code of a finding; {remedy}")
        else:
            ignored.add(code)
    table.close()
    return frozenset(ignored)

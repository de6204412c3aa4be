"""Builds the parts of the package that are written in C, for a wheel that is compiled (docs/decisions/0008)."""

import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from setuptools import Distribution, Extension
from setuptools.command.build_ext import build_ext

_FOLDER = Path("src/routeproof/native")
_PACKAGE = "routeproof.native"
# Modules by their sources. `ledgerrows` is no module but an extension of SQLite, which finds its entry by that name.
_SOURCES = {
    "plain": (
        "plain.c",
        "plain_scan.c",
        "plain_fields.c",
        "plain_chat.c",
        "plain_head.c",
        "plain_pack.c",
        "plain_request.c",
        "plain_record.c",
    ),
    "ledgerrows": ("ledger_rows.c", "ledger_pack.c"),
}


class NativeBuild(BuildHookInterface[Any]):
    """Compiles each module and puts it into the wheel, beside its sources."""

    def initialize(self, _version: str, build_data: dict[str, Any]) -> None:
        """Compile into a folder of its own. Raises setuptools' errors where there is no compiler or no header."""
        self._folder = tempfile.TemporaryDirectory(prefix="routeproof-native-")
        for built in _compile(Path(self.root), Path(self._folder.name)):
            build_data["force_include"][str(built)] = f"{_PACKAGE.replace('.', '/')}/{built.name}"
        build_data["infer_tag"] = True
        build_data["pure_python"] = False

    def finalize(self, _version: str, _build_data: dict[str, Any], _artifact_path: str) -> None:
        """Remove what was compiled, now that it is in the wheel."""
        self._folder.cleanup()


def _compile(root: Path, target: Path) -> list[Path]:
    extensions = [
        Extension(
            f"{_PACKAGE}.{name}",
            sources=[str(root / _FOLDER / source) for source in sources],
            depends=[str(header) for header in (root / _FOLDER).glob("*.h")],
            extra_compile_args=["-O3", "-std=c11", "-Wall", "-Wextra", "-fvisibility=hidden"],
        )
        for name, sources in _SOURCES.items()
    ]
    command = build_ext(Distribution({"name": "routeproof-native", "ext_modules": extensions}))
    command.build_lib = str(target / "lib")
    command.build_temp = str(target / "objects")
    command.ensure_finalized()
    command.run()
    return [Path(command.get_ext_fullpath(extension.name)) for extension in extensions]

"""The admin plane's process; `admin_process` starts it with: listener's descriptor, database, parent, log settings."""

import socket
import sys
from pathlib import Path
from typing import cast

from routeproof.admin.serving import run_admin
from routeproof.config.settings import LogStyle
from routeproof.observe.logs import configure_logging


def main(arguments: list[str]) -> None:
    """Serve as the arguments say."""
    descriptor, database_path, parent_pid, log_level, log_style = arguments
    configure_logging(log_level, cast(LogStyle, log_style))
    with socket.socket(fileno=int(descriptor)) as listener:
        run_admin(listener, Path(database_path), int(parent_pid))


if __name__ == "__main__":
    main(sys.argv[1:])

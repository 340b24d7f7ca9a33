"""The `harness` command.

Exit codes: 0 all agree, 1 something disagrees, 2 used wrongly, 3 the harness itself is broken, 130 interrupted.
"""

from __future__ import annotations

import os
import signal
import sys
from types import FrameType

from harness.cli.standard_streams import reopen_closed_streams


def main() -> None:
    """Run the command; never a traceback for what a user does."""
    reopen_closed_streams()
    try:
        signal.signal(signal.SIGTERM, _interrupt)  # temporary files go away then, too
        code = _run()
    except KeyboardInterrupt:
        sys.stderr.write("interrupted\n")
        code = 130
    try:
        sys.stdout.flush()
    except OSError:
        # nobody reads any more; Python would complain about it once more at its end
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(code)


def _interrupt(_: int, __: FrameType | None) -> None:
    raise KeyboardInterrupt


def _run() -> int:
    """Imports are slow enough to be interrupted, so they are made here."""
    import click

    from harness.cli import exits
    from harness.cli.group import commands

    try:
        code = commands.main(standalone_mode=False)
        sys.stdout.flush()
    except click.exceptions.Abort:
        click.echo("interrupted", err=True)
        return exits.INTERRUPTED
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else exits.AGREE
    except OSError as error:
        if error.filename is None:
            sys.stderr.write(f"Error: the output cannot be written: {error.strerror or error}\n")
            return exits.USED_WRONGLY
        return _broken(error)
    except Exception as error:
        return _broken(error)
    return code if isinstance(code, int) else exits.AGREE


def _broken(error: Exception) -> int:
    from harness.cli import exits

    sys.stderr.write(f"harness is broken: {type(error).__name__}: {error} (`harness smoke` tells more)\n")
    return exits.BROKEN

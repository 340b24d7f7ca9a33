"""The `harness` command.

Exit codes: 0 all agree, 1 something disagrees, 2 used wrongly, 3 the harness itself is broken, 130 interrupted.
"""

from __future__ import annotations

import contextlib
import os
import sys

from harness.cli import streams
from harness.cli.standard_streams import reopen_closed_streams
from harness.process.interrupts import interrupt_on_signals


def main() -> None:
    """Run the command; never a traceback for what a user does."""
    reopen_closed_streams()
    streams.install()
    try:
        interrupt_on_signals()
        code = _run()
    except KeyboardInterrupt:
        with contextlib.suppress(OSError):
            os.write(2, b"interrupted\n")  # maybe before the modules that write are there
        code = 130
    sys.exit(code)


def _run() -> int:
    """Imports are slow enough to be interrupted, so they are made here."""
    import click

    from harness.cli import exits
    from harness.cli.group import commands
    from harness.cli.terminal import echo, show_error

    try:
        code = commands.main(standalone_mode=False)
        sys.stdout.flush()
    except click.exceptions.Abort:
        echo("interrupted", err=True)
        return exits.INTERRUPTED
    except click.ClickException as error:
        show_error(error)
        return error.exit_code
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else exits.AGREE
    except OSError as error:
        if error.filename is None:
            echo(f"Error: the output cannot be written: {error.strerror or error}", err=True)
            return exits.USED_WRONGLY
        return _broken(error)
    except Exception as error:
        if not _is_out_of_memory(error):
            return _broken(error)
        from harness.runs.messages import WHAT_TO_DO

        echo(f"Error: memory ran out: {WHAT_TO_DO}", err=True)
        return exits.USED_WRONGLY
    return code if isinstance(code, int) else exits.AGREE


def _is_out_of_memory(error: Exception) -> bool:
    """Also where there is no room for the stack of a thread, for which Python has no class of its own."""
    return isinstance(error, MemoryError) or (
        isinstance(error, RuntimeError) and "can't start new thread" in str(error)
    )


def _broken(error: Exception) -> int:
    from harness.cli import exits
    from harness.cli.terminal import echo

    echo(f"harness is broken: {type(error).__name__}: {error} (`harness smoke` tells more)", err=True)
    return exits.BROKEN

"""The `harness` command.

Exit codes: 0 all agree, 1 something disagrees, 2 wrong usage, 3 the harness itself is broken, 130 interrupted.
"""

from __future__ import annotations

import contextlib
import gc
import os
import sys

from harness.cli import streams
from harness.cli.standard_streams import reopen_closed_streams
from harness.process.interrupts import interrupt_on_signals
from harness.process.memory import RAN_OUT


def main() -> None:
    """Run the command; no input gives a traceback."""
    reopen_closed_streams()
    streams.install()
    try:
        interrupt_on_signals()
        code = _run()
    except KeyboardInterrupt:
        with contextlib.suppress(OSError):
            os.write(2, b"interrupted\n")  # perhaps before the modules that write are loaded
        code = 130
    sys.exit(code)


def _run() -> int:
    """Imports are slow enough for an interruption, so they are here."""
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
    else:
        return code if isinstance(code, int) else exits.AGREE
    # Outside the clause, because the exception keeps all frames and so all objects alive.
    return _out_of_memory()


def _out_of_memory() -> int:
    from harness.cli import exits

    gc.collect()
    with contextlib.suppress(OSError):
        os.write(2, f"Error: {RAN_OUT}\n".encode())  # without the modules that write, which need memory
    return exits.USED_WRONGLY


def _is_out_of_memory(error: Exception) -> bool:
    """Whether memory ran out. It also does if there is no room for a module's machine code or for the stack of a
    thread, for which Python has no separate class."""
    return (
        isinstance(error, MemoryError)
        or (isinstance(error, ImportError) and "failed to map segment" in str(error))
        or (isinstance(error, RuntimeError) and "can't start new thread" in str(error))
    )


def _broken(error: Exception) -> int:
    from harness.cli import exits
    from harness.cli.terminal import echo

    echo(f"harness is broken: {type(error).__name__}: {error} (`harness smoke` shows more)", err=True)
    return exits.BROKEN

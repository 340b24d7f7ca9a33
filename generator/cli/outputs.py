"""Output of commands that write a module or component: binary, or with `--wat` in the text format."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from generator.errors import UsageError

STANDARD_STREAM = "-"


def check_output(args: argparse.Namespace) -> None:
    """Before any work. Raises UsageError for binary output to a terminal, and for text that nothing here prints."""
    if args.wat:
        from generator.text_format.converter import NO_PRINTER, find_tool  # rarely used

        if find_tool() is None:
            raise UsageError(NO_PRINTER)
    elif args.output is None and sys.stdout.isatty():
        raise UsageError("binary output does not go to a terminal; use --output or --wat")


def write_output(args: argparse.Namespace, binary: bytes) -> None:
    """Raises OSError for a file that cannot be written, GeneratorError for a binary that is not printed."""
    if args.wat:
        from generator.text_format.converter import to_text

        binary = to_text(binary, "the output")
    if args.output is None or args.output == STANDARD_STREAM:
        sys.stdout.buffer.write(binary)
    else:
        Path(args.output).write_bytes(binary)

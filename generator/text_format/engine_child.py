"""A process that converts the text format to binary by the Python package wasmtime, from stdin to stdout."""

from __future__ import annotations

import sys


def main() -> int:
    """Returns 0, or 1 with the parser's message on standard error."""
    import wasmtime

    try:
        binary = wasmtime.wat2wasm(sys.stdin.buffer.read())
    except wasmtime.WasmtimeError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    sys.stdout.buffer.write(bytes(binary))
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Run a command and record its usage: `python measured_child.py REPORT COMMAND ...`.

The report is JSON: processor seconds, and peak bytes of memory. This script imports nothing else, so that its own
memory stays near ten megabytes (on Linux a child's peak cannot be lower, because a child begins as a copy).
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from pathlib import Path


def main() -> None:
    report, *command = sys.argv[1:]
    code = subprocess.run(command, check=False).returncode
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    # kibibytes on Linux, bytes on macOS
    memory = used.ru_maxrss if sys.platform == "darwin" else used.ru_maxrss * 1024
    Path(report).write_text(json.dumps({"seconds": used.ru_utime + used.ru_stime, "memory": memory}))
    sys.exit(code if code >= 0 else 128 - code)


if __name__ == "__main__":
    main()

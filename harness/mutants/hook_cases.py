"""Cases that show mutants of task hooks at asynchronous entries."""

from __future__ import annotations

_WORLD = """
wit = '''
package m:hooked;
interface x {
  resource r { constructor(); }
  waits: async func(a: string) -> string;
  ends: async func() -> string;
  plain: func() -> string;
}
world w { export x; }
'''

[[step]]
call = "m:hooked/x#[constructor]r"
result = "$r"

[[step]]
call = "m:hooked/x#waits"
as = "$w"
args = ['"a"']
during = [{ yield = 2 }]
result = '"w"'
status = "started"

[[step]]
call = "m:hooked/x#plain"
result = '"p"'

[[step]]
call = "m:hooked/x#ends"
result = '"e"'

[[step]]
drop = "$r"

[[step]]
await = "$w"
"""

HOOK_CASES = {
    "hooked-tasks": f"""title = "Hooks of asynchronous and synchronous tasks"
why = "A hook is called before and behind every entry, whatever waits meanwhile."
origin = "own"
hooks = "task-hook"
{_WORLD}""",
    "initialised-tasks": f"""title = "The earlier hooks of asynchronous and synchronous tasks"
why = "Each kind of task has its hook, at its start alone."
origin = "own"
hooks = "init-task"
{_WORLD}""",
}

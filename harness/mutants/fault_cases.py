"""Cases that show faults of an interpreter in asynchronous worlds: what it keeps, drops, waits for and hands over."""

from __future__ import annotations

_CALLS = """wit = '''
package m:kept;
interface x { f: async func(a: string) -> string; g: async func(); }
world w { import x; export x; }
'''
"""
_STARTED = """
[[step]]
call = "m:kept/x#g"
as = "$c"
during = [{ yield = 2 }]
status = "started"
"""
_OWN = """wit = '''
package m:handles;
interface x { resource r { constructor(); }
  f: async func(a: stream<r>); g: async func(); h: async func(a: r); }
world w { import x; export x; }
'''

[[step]]
call = "m:handles/x#[constructor]r"
by = "subject"
result = "$a"

[[step]]
call = "m:handles/x#[constructor]r"
by = "subject"
result = "$b"
"""

FAULT_CASES = {
    "async-held-calls": f"""title = "A string that is read when its call starts"
why = "It is the caller's until then."
origin = "own"
{_CALLS}
[[step]]
call = "m:kept/x#g"
as = "$g"
during = [{{ backpressure = 1 }}, {{ yield = 3 }}, {{ backpressure = -1 }}]
status = "started"

[[step]]
call = "m:kept/x#f"
as = "$c"
args = ['"abcdefgh"']
result = '"b"'
status = "starting"

[[step]]
await = "$c"
status = "returned"

[[step]]
await = "$g"
""",
    "async-left-sets": f"""title = "A call that leaves its set and is cancelled"
why = "A member of a set cannot be cancelled."
origin = "own"
{_CALLS}{_STARTED}
[[step]]
waitable-set = "$w"

[[step]]
join = "$c"
set = "$w"

[[step]]
leave = "$c"

[[step]]
cancel = "$c"
async = true
status = "started"

[[step]]
await = "$c"
status = "returned"

[[step]]
drop = "$w"
""",
    "async-polled": f"""title = "An event that a poll takes"
why = "No other wait gets it."
origin = "own"
{_CALLS}{_STARTED}
[[step]]
waitable-set = "$w"

[[step]]
join = "$c"
set = "$w"

[[step]]
yield = 4

[[step]]
poll = "$w"

[[step]]
drop = "$c"

[[step]]
drop = "$w"
""",
    "async-unresolved": f"""title = "A call that is dropped before it is resolved"
why = "It traps."
origin = "own"
{_CALLS}{_STARTED}
[[step]]
drop = "$c"
trap = "unresolved-subtask"
""",
    "async-sets-in-use": f"""title = "A set that is dropped with a member"
why = "It traps."
origin = "own"
{_CALLS}{_STARTED}
[[step]]
waitable-set = "$w"

[[step]]
join = "$c"
set = "$w"

[[step]]
drop = "$w"
trap = "set-in-use"
""",
    "async-borrows": """title = "A borrow of a task that waits"
why = "The task drops it before it returns."
origin = "own"
wit = '''
package m:borrows;
interface y { resource r { constructor(); } }
interface x { use y.{r}; f: async func(a: borrow<r>); }
world w { import y; export x; }
'''

[[step]]
call = "m:borrows/y#[constructor]r"
by = "driver"
result = "$a"

[[step]]
call = "m:borrows/x#f"
by = "driver"
args = ["$a"]
during = [{ yield = 1 }]
""",
    "async-unread-elements": f"""title = "Own handles of elements that nobody reads"
why = "They are still the writer's."
origin = "own"
{_OWN}
[[step]]
ends = ["$s", "$t"]
type = "stream<own<m:handles/x#r>>"

[[step]]
call = "m:handles/x#f"
as = "$f"
by = "subject"
args = ["$s"]
during = [
  {{ read = "$s", status = "copying" }},
  {{ await = "$s", status = "completed" }},
  {{ take = "$s", values = ["$a"] }},
  {{ drop = "$s" }},
  {{ drop = "$a" }},
]
status = "started"

[[step]]
write = "$t"
values = ["$a", "$b"]
status = "completed"

[[step]]
await = "$f"

[[step]]
drop = "$b"

[[step]]
drop = "$t"
""",
    "async-unsent-arguments": f"""title = "An own argument of a call that never starts"
why = "It is still the caller's."
origin = "own"
{_OWN}
[[step]]
call = "m:handles/x#g"
as = "$g"
by = "subject"
during = [{{ backpressure = 1 }}, {{ yield = 2 }}, {{ backpressure = -1 }}]
status = "started"

[[step]]
call = "m:handles/x#h"
as = "$c"
by = "subject"
args = ["$a"]
status = "starting"

[[step]]
cancel = "$c"
status = "cancelled"

[[step]]
drop = "$c"

[[step]]
drop = "$a"
stale = true

[[step]]
await = "$g"

[[step]]
drop = "$b"
""",
    "async-in-place": """title = "A function that is lifted synchronously and waits"
why = "It gets the event of the wait itself."
origin = "own"
wit = '''
package m:place;
interface y { h: async func() -> u8; }
interface x { f: async func() -> u8; }
world w { import y; export x; }
'''
async = ["-export:m:place/x#f"]

[[step]]
call = "m:place/x#f"
during = [
  { call = "m:place/y#h", as = "$h", during = [{ yield = 2 }], result = "1", status = "started" },
  { await = "$h", status = "returned" },
]
result = "2"
""",
    "async-ended-reads": """title = "Reads that end with elements"
why = "What was copied before a read is cancelled, or before the other end is dropped, belongs to the reader."
origin = "own"
wit = '''
package m:reads;
interface x { f: async func() -> stream<u16>; g: async func() -> stream<u16>; }
world w { import x; export x; }
'''

[[step]]
call = "m:reads/x#f"
as = "$f"
during = [
  { ends = ["$s", "$t"], type = "stream<u16>" },
  { return = true },
  { yield = 1 },
  { write = "$t", values = ["1", "2"], status = "completed" },
  { yield = 9 },
  { drop = "$t" },
]
result = "$s"
status = "returned"

[[step]]
await = "$f"

[[step]]
read = "$s"
count = 3
status = "copying"

[[step]]
yield = 4

[[step]]
stop = "$s"
status = "cancelled"

[[step]]
drop = "$s"

[[step]]
yield = 9

[[step]]
call = "m:reads/x#g"
as = "$g"
during = [
  { ends = ["$u", "$v"], type = "stream<u16>" },
  { return = true },
  { yield = 1 },
  { write = "$v", values = ["1", "2"], status = "completed" },
  { drop = "$v" },
]
result = "$u"
status = "returned"

[[step]]
await = "$g"

[[step]]
read = "$u"
count = 3
status = "copying"

[[step]]
await = "$u"
status = "dropped"

[[step]]
drop = "$u"
""",
    "async-two-tasks": """title = "Two tasks of one function that await a call each"
why = "Each has its own set and its own place in its script."
origin = "own"
wit = '''
package m:two;
interface y { h: async func(); }
interface x { f: async func(a: u8) -> u8; }
world w { import y; export x; }
'''

[[step]]
call = "m:two/x#f"
as = "$c"
args = ["1"]
during = [
  { call = "m:two/y#h", as = "$h", during = [{ yield = 4 }], status = "started" },
  { await = "$h", status = "returned" },
]
result = "11"
status = "started"

[[step]]
call = "m:two/x#f"
as = "$d"
args = ["2"]
during = [
  { call = "m:two/y#h", as = "$i", during = [{ yield = 1 }], status = "started" },
  { await = "$i", status = "returned" },
]
result = "12"
status = "started"

[[step]]
await = "$d"
status = "returned"

[[step]]
await = "$c"
status = "returned"
""",
}

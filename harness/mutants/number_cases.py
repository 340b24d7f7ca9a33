"""Cases that show mutants of callback codes, counts of elements and spilled arguments."""

from __future__ import annotations

NUMBER_CASES = {
    "async-parts": """title = "Parts of streams"
why = "Counts are in elements, and both ends may offer more than the other."
origin = "own"
wit = '''
package m:parts;
interface x { a: async func() -> stream<u16>; b: async func() -> stream<u16>; c: async func() -> stream<u16>; }
world w { import x; export x; }
'''

[[step]]
call = "m:parts/x#a"
as = "$a"
during = [
  { ends = ["$s", "$t"], type = "stream<u16>" },
  { return = true },
  { write = "$t", values = ["1", "2", "3"], status = "copying" },
  { yield = 2 },
  { stop = "$t", status = "cancelled" },
  { drop = "$t" },
]
result = "$s"
status = "returned"

[[step]]
await = "$a"

[[step]]
read = "$s"
count = 2
status = "completed"

[[step]]
yield = 6

[[step]]
drop = "$s"

[[step]]
call = "m:parts/x#b"
as = "$b"
during = [
  { ends = ["$u", "$v"], type = "stream<u16>" },
  { return = true },
  { yield = 1 },
  { write = "$v", values = ["4", "5"], status = "completed" },
  { yield = 3 },
  { drop = "$v" },
]
result = "$u"
status = "returned"

[[step]]
await = "$b"

[[step]]
read = "$u"
count = 5
status = "copying"

[[step]]
yield = 2

[[step]]
stop = "$u"
status = "cancelled"

[[step]]
yield = 6

[[step]]
drop = "$u"

[[step]]
call = "m:parts/x#c"
as = "$c"
during = [
  { ends = ["$p", "$q"], type = "stream<u16>" },
  { return = true },
  { write = "$q", values = ["6", "7"], status = "copying" },
  { await = "$q", status = "completed" },
  { drop = "$q" },
]
result = "$p"
status = "returned"

[[step]]
await = "$c"

[[step]]
read = "$p"
count = 4
status = "completed"

[[step]]
yield = 6

[[step]]
drop = "$p"
""",
    "async-spilled": """title = "Two calls with spilled parameters that start later"
why = "Their parameters are read when they start."
origin = "own"
wit = '''
package m:spilled;
interface x { f: async func(a: u8, b: u64, c: string, d: u16) -> u64; g: async func(); }
world w { import x; export x; }
'''

[[step]]
call = "m:spilled/x#g"
as = "$g"
during = [{ backpressure = 1 }, { yield = 1 }, { backpressure = -1 }]
status = "started"

[[step]]
call = "m:spilled/x#f"
as = "$c"
args = ["1", "2", '"abc"', "3"]
result = "11"
status = "starting"

[[step]]
call = "m:spilled/x#f"
as = "$d"
args = ["4", "5", '""', "6"]
result = "12"
status = "starting"

[[step]]
await = "$c"

[[step]]
await = "$d"

[[step]]
await = "$g"
""",
}

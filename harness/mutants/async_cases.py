"""Cases that show mutants of asynchronous functions, streams and futures."""

from __future__ import annotations

_RECORDS = "values = ['{a: 1, b: 18446744073709551615, c: 2}', '{a: 3, b: 4, c: 5}']"


def _written_and_read(function: str, type: str, write: str, read: str) -> str:
    """Steps in which the callee of `function` writes to an end while its caller reads from the other."""
    name = function.rpartition("#")[2]
    return f"""
[[step]]
call = "{function}"
as = "${name}"
during = [
  {{ ends = ["$s-{name}", "$t-{name}"], type = "{type}" }},
  {{ return = true }},
  {{ write = "$t-{name}", {write}, status = "copying" }},
  {{ await = "$t-{name}", status = "completed" }},
  {{ drop = "$t-{name}" }},
]
result = "$s-{name}"
status = "returned"

[[step]]
await = "${name}"

[[step]]
read = "$s-{name}"
{read}
status = "completed"

[[step]]
yield = 3

[[step]]
drop = "$s-{name}"
"""


_SEVENTEEN = ", ".join(f"p{number}: u32" for number in range(17))

ASYNC_CASES = {
    "async-calls": f"""title = "Asynchronous calls of every kind"
why = "Each returns at once, and after a wait."
origin = "own"
wit = '''
package m:calls;
interface x {{
  record many {{ {", ".join(f"a{number}: u16" for number in range(16))}, last: string }}
  nothing: async func();
  text: async func(a: string) -> string;
  area: async func(a: u8, b: u8, c: u8, d: u8, e: u8) -> tuple<u64, u8>;
  four: async func(a: u32, b: u32, c: u32, d: u32) -> u32;
  five: async func(a: u32, b: u32, c: u32, d: u32, e: u32) -> u32;
  signed: async func(a: s32) -> s32;
  also: async func(a: s32) -> s32;
  large: async func({_SEVENTEEN}) -> many;
  pair: async func() -> tuple<u8, u8>;
}}
world w {{ import x; export x; }}
'''
"""
    + "".join(
        f"""
[[step]]
call = "m:calls/x#{name}"
by = "{by}"
args = [{args}]
{waits}{result}
"""
        for name, args, result in (
            ("nothing", "", ""),
            ("text", "'\"é\"'", "result = '\"ab\"'"),
            ("area", '"1", "2", "3", "4", "5"', 'result = "(18446744073709551615, 6)"'),
            ("four", '"1", "2", "3", "4"', 'result = "5"'),
            ("five", '"1", "2", "3", "4", "5"', 'result = "6"'),
            ("signed", '"-1"', 'result = "-2"'),
            ("also", '"-1"', 'result = "-3"'),
            (
                "large",
                ", ".join(f'"{number}"' for number in range(17)),
                "result = '{" + ", ".join(f"a{number}: {number}" for number in range(16)) + ', last: "z"}\'',
            ),
            ("pair", "", 'result = "(1, 2)"'),
        )
        for by in ("subject", "driver")
        for waits in ("", "during = [{ yield = 1 }]\n")
    ),
    "async-waits": """title = "Two callees that wait"
why = "The callback of each goes on with its own task."
origin = "own"
wit = '''
package m:waits;
interface x { first: async func(a: string) -> u8; second: async func(a: string) -> u8; }
world w { import x; export x; }
'''
"""
    + "".join(
        f"""
[[step]]
call = "m:waits/x#{name}"
by = "{by}"
args = ['"a"']
during = [{{ yield = 1 }}]
result = "2"
"""
        for name in ("first", "second")
        for by in ("subject", "driver")
    ),
    "async-streams": """title = "Streams and futures of several payloads"
why = "Each payload has its own size, alignment and conversion."
origin = "own"
wit = '''
package m:streams;
interface x {
  record padded { a: u8, b: u64, c: u8 }
  records: async func() -> stream<padded>;
  texts: async func() -> stream<string>;
  units: async func() -> stream;
  later: async func() -> future<u64>;
  two: async func() -> tuple<stream<u8>, stream<u16>>;
}
world w { import x; export x; }
'''
"""
    + "".join(
        _written_and_read(f"m:streams/x#{name}", type, write, read)
        for name, type, write, read in (
            ("records", "stream<m:streams/x#padded>", _RECORDS, "count = 2"),
            ("texts", "stream<string>", "values = ['\"a\"', '\"é\"']", "count = 2"),
            ("units", "stream", "offer = 3", "count = 3"),
            ("later", "future<u64>", "values = ['18446744073709551615']", ""),
        )
    )
    + """
[[step]]
call = "m:streams/x#two"
as = "$two"
during = [
  { ends = ["$a", "$b"], type = "stream<u8>" },
  { ends = ["$c", "$d"], type = "stream<u16>" },
  { return = true },
  { write = "$d", values = ["1", "65535"], status = "copying" },
  { await = "$d", status = "completed" },
  { drop = "$b" },
  { drop = "$d" },
]
result = "($a, $c)"
status = "returned"

[[step]]
await = "$two"

[[step]]
read = "$c"
count = 2
status = "completed"

[[step]]
yield = 3

[[step]]
drop = "$a"

[[step]]
drop = "$c"
""",
    "async-cancelled-copies": """title = "A read and a write that are cancelled"
why = "Both ends can be used again."
origin = "own"
wit = '''
package m:cancelled;
interface x { g: async func() -> stream<u8>; }
world w { import x; export x; }
'''

[[step]]
call = "m:cancelled/x#g"
as = "$g"
during = [
  { ends = ["$s", "$t"], type = "stream<u8>" },
  { return = true },
  { yield = 2 },
  { write = "$t", values = ["1", "2"], status = "copying" },
  { yield = 1 },
  { stop = "$t", status = "cancelled" },
  { write = "$t", values = ["9"], status = "copying" },
  { await = "$t", status = "completed" },
  { drop = "$t" },
]
result = "$s"
status = "returned"

[[step]]
await = "$g"

[[step]]
read = "$s"
status = "copying"

[[step]]
stop = "$s"
status = "cancelled"

[[step]]
yield = 8

[[step]]
read = "$s"
status = "completed"

[[step]]
yield = 3

[[step]]
drop = "$s"
""",
    "async-dropped-ends": """title = "Ends that are dropped while the other end copies"
why = "The other end is told."
origin = "own"
wit = '''
package m:dropped;
interface x { read: async func() -> stream<u8>; written: async func() -> stream<u8>; }
world w { import x; export x; }
'''

[[step]]
call = "m:dropped/x#read"
as = "$read"
during = [
  { ends = ["$s", "$t"], type = "stream<u8>" },
  { return = true },
  { write = "$t", values = ["1", "2"], status = "copying" },
  { await = "$t", status = "dropped" },
  { drop = "$t" },
]
result = "$s"
status = "returned"

[[step]]
await = "$read"

[[step]]
read = "$s"
status = "completed"

[[step]]
drop = "$s"

[[step]]
yield = 3

[[step]]
call = "m:dropped/x#written"
as = "$written"
during = [{ ends = ["$u", "$v"], type = "stream<u8>" }, { return = true }, { yield = 1 }, { drop = "$v" }]
result = "$u"
status = "returned"

[[step]]
await = "$written"

[[step]]
read = "$u"
status = "copying"

[[step]]
await = "$u"
status = "dropped"

[[step]]
drop = "$u"

[[step]]
yield = 2
""",
    "async-streams-on-both-sides": """title = "A stream of handles of an interface that is imported and exported"
why = "Each side has built-ins of its own."
origin = "own"
wit = '''
package m:sides;
interface x { resource r { constructor(); }
  g: async func() -> stream<r>; }
world w { import x; export x; }
'''

[[step]]
call = "m:sides/x#g"
by = "driver"
as = "$g"
during = [
  { ends = ["$s", "$t"], type = "stream<own<[export]m:sides/x#r>>" },
  { new = "$a", resource = "m:sides/x#r" },
  { return = true },
  { write = "$t", values = ["$a"], status = "copying" },
  { await = "$t", status = "completed" },
  { drop = "$t" },
]
result = "$s"
status = "returned"

[[step]]
await = "$g"

[[step]]
read = "$s"
status = "completed"

[[step]]
take = "$s"
values = ["$a"]

[[step]]
yield = 3
by = "driver"

[[step]]
drop = "$s"

[[step]]
drop = "$a"
""",
}

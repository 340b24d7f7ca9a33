"""Whatever a script says and however generated code calls: a named trap or an end, never undefined behaviour."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.interpreters.conftest import Native

# Each example is a process.
PROCESSES = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


def _words(text: str) -> list[str]:
    return text.split()


WORDS = st.sampled_from(
    _words(
        "frame run export dtor end set pick call new rep drop ecnew ecmsg ret trap wit eager lists boxed1"
        " bool u8 u16 u32 u64 s8 s16 s32 s64 f32 f64 char str rec var varp enum flags list raw map ptr handle reg arg"
        " - a:b/i r f g end nothing 0 1 2 3 255 256 -1 4294967295 4294967296 18446744073709551615 ff 0001 d800"
    )
)

NUMBERS = st.one_of(st.integers(0, 4), st.sampled_from([255, 2**31, 2**32 - 1, 2**63, 2**64 - 1])).map(str)
HEX = st.binary(max_size=9).map(lambda data: data.hex() or "-")


def _word(word: str, *parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.tuples(*parts).map(lambda found: " ".join([word, *found]))


def _compounds(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    items = st.lists(inner, max_size=3)
    return st.one_of(
        items.map(lambda found: " ".join(["rec", str(len(found)), *found])),
        items.map(lambda found: " ".join(["list", str(len(found)), *found])),
        st.lists(st.tuples(inner, inner), max_size=2).map(
            lambda found: " ".join(["map", str(len(found)), *(part for pair in found for part in pair)])
        ),
        st.tuples(st.integers(0, 2), inner).map(lambda found: f"varp {found[0]} {found[1]}"),
    )


VALUES = st.recursive(
    st.one_of(
        st.tuples(st.sampled_from(_words("bool u8 u16 u32 u64 s8 s16 s32 s64")), NUMBERS).map(" ".join),
        st.tuples(st.sampled_from(_words("enum var handle reg arg")), st.integers(0, 3).map(str)).map(" ".join),
        st.sampled_from(["f32 7fc00000", "f64 0", "char 110000", "flags 3", "ptr 0 5", "ptr 9 4294967295"]),
        _word("str", HEX),
        _word("raw", st.integers(0, 9).map(str), HEX),
    ),
    _compounds,
    max_leaves=6,
)
REGISTER = st.integers(0, 3).map(str)
OPS = st.one_of(
    _word("set", REGISTER, VALUES),
    _word("pick", REGISTER, VALUES, st.sampled_from(["0", "1 0", "2 0 1", "1 4294967295"])),
    _word("call - nothing - 0"),
    _word("call a:b/i f", REGISTER, st.just("2"), VALUES, VALUES),
    _word("call a:b/i g - 1", VALUES),
    _word("new", REGISTER, st.just("a:b/i r"), NUMBERS.filter(lambda number: int(number) < 2**32)),
    _word("rep", REGISTER, VALUES),
    _word("drop", VALUES),
    _word("ecnew", REGISTER, VALUES),
    _word("ecmsg", REGISTER, VALUES),
)
FRAMES = st.tuples(
    st.sampled_from(["run", "run", "export - nothing", "export a:b/i f", "export a:b/i end", "dtor a:b/i r"]),
    st.lists(OPS, max_size=5),
    st.one_of(st.just(""), _word("ret", VALUES)),
).map(lambda frame: f"frame {frame[0]} {' '.join(frame[1])} {frame[2]} end")
SCRIPTS = st.tuples(st.sampled_from(["", "wit ", "eager ", "lists "]), st.lists(FRAMES, max_size=5)).map(
    lambda script: f"boxed1 {script[0]}{' '.join(script[1])}"
)

_POPS = _words(
    "bool char u8 s8 u16 s16 u32 s32 u64 s64 f32 f64 error_context string"
    " flags enum own borrow future stream variant option result record tuple fixed_length_list list map"
)
_PUSHES = _words("bool char u8 s8 u16 s16 u32 s32 u64 s64 f32 f64 error_context")
_TYPED = _words("flags enum own borrow future stream option result variant")
_REST = _words("push_record push_tuple push_fixed_length_list list_append map_append")
_ITERATORS = _words("pop_list_iter_next pop_list_iter pop_map_iter_next pop_map_iter")
SMALL = st.integers(0, 3).map(str)
ALIGN = st.sampled_from(_words("1 2 4 8"))
COMMANDS = st.one_of(
    st.sampled_from(["run", "return", "finish", "export_call 0", "export_finish 0", "cx 1", "cx 2", "dtor 1 5"]),
    st.sampled_from([f"pop_{kind} 0" for kind in _POPS] + [f"{name} 0" for name in _REST + _ITERATORS]),
    st.tuples(st.sampled_from([f"push_{kind}" for kind in _PUSHES]), NUMBERS).map(" ".join),
    st.tuples(st.sampled_from([f"push_{kind}" for kind in _TYPED]), SMALL, SMALL).map(" ".join),
    _word("export_start", SMALL),
    _word("export_call", SMALL),
    _word("allocate", SMALL, ALIGN, SMALL),
    _word("resize", SMALL, SMALL, ALIGN, SMALL),
    _word("dealloc", SMALL, SMALL, ALIGN, st.sampled_from(["0", "1"])),
    _word("push_string", SMALL, SMALL),
    _word("push_list", SMALL, st.sampled_from(["0", "1"]), SMALL),
    _word("push_map 0", SMALL),
    _word("pop_list_iter_next", st.just("0")),
)


@PROCESSES
@given(st.lists(WORDS, max_size=40).map(" ".join))
def test_any_tokens(native: Native, text: str) -> None:
    native.run("boxed1 frame run " + text, "initialize\nrun\nexport_start 0\nexport_call 0\nexport_finish 0\nfinish")


@PROCESSES
@given(st.binary(max_size=60))
def test_any_bytes(native: Native, data: bytes) -> None:
    outcome = native.run(b"boxed1 frame run " + data, "initialize\nrun\nfinish")
    assert outcome.trap in (None, "script_syntax", "script_trap")


SLOTS = st.integers(0, 15).map(str)


@st.composite
def round_trips(draw: st.DrawFn) -> tuple[list[str], list[str]]:
    """Right calls that push a value of some type of native/world.c, and those that pop it again."""
    kind = draw(st.sampled_from(["number", "string", "record", "option", "list", "map", "fixed", "whole"]))
    number = (["push_u8 7"], ["pop_u8 0"])
    slot = draw(SLOTS)
    string = ([f"allocate {slot} 1 3", f"push_string {slot} 3"], ["pop_string 0"])
    if kind == "string":
        return string
    if kind == "record":
        return [*number[0], *string[0], "push_record 0"], ["pop_record 0", *number[1], *string[1]]
    if kind == "option":
        return [*number[0], "push_option 0 1"], ["pop_option 0", *number[1]]
    if kind == "fixed":
        return [*number[0] * 3, "push_fixed_length_list 0"], ["pop_fixed_length_list 0", *number[1] * 3]
    count = draw(st.integers(0, 2))
    if kind == "list":
        push = [f"push_list 0 1 {count}", *[*string[0], "list_append 1"] * count]
        return push, ["pop_list 1 0", *["pop_list_iter_next 1", *string[1]] * count, "pop_list_iter 1"]
    if kind == "map":
        push = [f"push_map 0 {count}", *[*string[0], *number[0], "map_append 0"] * count]
        return push, ["pop_map 0", *["pop_map_iter_next 0", *string[1], *number[1]] * count, "pop_map_iter 0"]
    if kind == "whole":  # element by element unless the script says `lists`
        push = [f"allocate {slot} 2 {2 * count}", f"push_list {slot} 0 {count}"]
        return push, [f"pop_list 0 {2 * count}", *["pop_list_iter_next 0", "pop_s16 0"] * count, "pop_list_iter 0"]
    return number


@st.composite
def sessions(draw: st.DrawFn) -> list[str]:
    """Right calls of exports, in which at most a few things are then wrong."""
    commands: list[str] = []
    for _ in range(draw(st.integers(1, 4))):
        commands.append("export_start 0")
        for push, pop in draw(st.lists(round_trips(), max_size=3)):
            commands += [*push, *pop]
        slot, defer = draw(SLOTS), draw(st.sampled_from("01"))
        commands += [f"allocate {slot} 4 12", f"dealloc {slot} 12 4 {defer}", "export_call 0", "export_finish 0"]
    for _ in range(draw(st.integers(0, 2))):
        at = draw(st.integers(0, len(commands)))
        match draw(st.sampled_from(["insert", "leave out", "repeat"])):
            case "insert":
                commands.insert(at, draw(COMMANDS))
            case "leave out":
                del commands[at : at + 1]
            case _:
                commands[at:at] = commands[at : at + 1]
    return [*commands, "finish"]


ANSWERS = " frame export - nothing end" * 8


@PROCESSES
@given(st.sampled_from(["", "wit ", "eager ", "lists "]), sessions())
def test_calls_that_are_nearly_right(native: Native, option: str, commands: list[str]) -> None:
    native.run("boxed1 " + option + ANSWERS, "\n".join(["initialize", *commands]))


@PROCESSES
@given(SCRIPTS, st.lists(COMMANDS, max_size=20))
def test_any_script_and_any_calls(native: Native, script: str, commands: list[str]) -> None:
    native.run(script + " frame run end" + ANSWERS, "\n".join(["initialize", "run", *commands]))


@PROCESSES
@given(VALUES)
def test_every_value_is_read_kept_and_released(native: Native, value: str) -> None:
    """A frame that fills a register and one that empties it leave the interpreter's memory as it was."""
    use = f"set 0 {value} set 0 u8 1"
    filled = f"set 1 u8 1 set 2 u8 2 set 3 u8 3 {use}"
    script = f"boxed1 frame run {filled} end frame run {use} end frame run {use} end"
    outcome = native.run(script, "initialize\nrun\nown\nrun\nown\nrun\nown")
    own = [line for line in outcome.lines if line.startswith("own")]
    if outcome.trap is None:
        assert len(own) == 3
        assert own[0] == own[1] == own[2]
    else:
        assert outcome.trap == "register_empty"

"""Case files: what is read, what is refused and where, and what a case becomes."""

from __future__ import annotations

import os
import sys
from itertools import combinations
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.frontend.front_end import WitText
from harness.plan.outcomes import TrapClass
from harness.plan.plan import Plan
from harness.plan.roles import Role
from harness.plan.steps import CallStep, DropStep, NewStep, RepStep, Step
from harness.planner import case_plan, check_plan
from harness.script.operations import Lists
from harness.suite.case import Sample, load_case, parse_case
from harness.suite.case_writer import case_text, toml_string
from harness.suite.negative_cases import parse_negative_cases
from harness.suite.schema import CASE_SCHEMA, NEGATIVE_CASES_SCHEMA
from harness.text.toml_lines import FileError

HEAD = """title = "t"
why = "w"
origin = "own"
"""

ECHO = """wit = '''
package a:b;
interface x { f: func(a: u8) -> string; c: func(a: char); }
world w { import x; export x; }
'''
"""

RESOURCES = """wit = '''
package a:b;
interface x { resource r { constructor(); } give: func(a: r); back: func() -> r; }
interface y { use x.{r}; lend: func(a: borrow<r>); }
world w { import x; export y; }
'''
"""


def plan(wit: str, steps: str) -> Plan:
    return case_plan(parse_case(HEAD + wit + steps, "case.toml"))


def lines(found: Plan, role: Role, run: int = 0) -> list[str]:
    return [event.line for event in found.runs[run].expected[role]]


def test_schemas_are_schemas() -> None:
    for schema in (CASE_SCHEMA, NEGATIVE_CASES_SCHEMA):
        jsonschema.Draft202012Validator.check_schema(schema)


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ('title = "t"\nwhy = "w"', 1, "'origin' is a required property"),
        ("title = 3\n" + 'why = "w"\norigin = "own"\nwit = ""', 1, "title: expected a string in quotes, found 3"),
        (HEAD + 'wit = "x"\n[[step]\n', 5, "not TOML"),
        (HEAD + 'wit = "x"\ncolour = 3\n', 5, "unknown key colour"),
        (HEAD + 'wit = "x"\norigins = "own"\n', 5, "unknown key origins"),
        ('title = "t"\nwhy = "w"\norigin = "somewhere"\nwit = "x"\n', 3, "does not match"),
        (
            HEAD + ECHO + '[[step]]\ncall = "f"\n[[step]]\ncall = "f"\nargs = "1"\n',
            13,
            "expected an array in square brackets, found '1'",
        ),
        (HEAD + ECHO + '[[step]]\ncall = "f"\ntrap = "boom"\n', 11, "'boom' is not one of"),
        (HEAD + ECHO + '[[step]]\ncall = "f"\nresults = "1"\n', 11, "unknown key results"),
        (HEAD + ECHO + '[[step]]\ndrop = "x"\n', 10, "does not match"),
        (HEAD + 'wit-file = "nowhere.wit"\ninstantiate-only = true\n', 4, "there is no nowhere.wit"),
        (HEAD + 'wit = "x"\n', 1, "one of step, sample, instantiate-only is missing"),
        (HEAD + 'wit = "x"\nstep = []\n', 5, "step: [] should be non-empty"),
        (HEAD + 'wit = "x"\ninstantiate-only = true\n[sample]\n', 5, "only one of step, sample, instantiate-only"),
        (HEAD + 'wit = "x"\ninstantiate-only = false\n', 5, "instantiate-only: True was expected"),
        (HEAD + "instantiate-only = true\n", 1, "one of wit, wit-file is missing"),
    ],
)
def test_bad_files_are_refused_with_the_line(text: str, line: int, message: str) -> None:
    with pytest.raises(FileError) as caught:
        parse_case(text, "case.toml")
    assert str(caught.value).startswith(f"case.toml:{line}:")
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("wit", "steps", "line", "message"),
    [
        (ECHO, '[[step]]\ncall = "a:b/x#g"\n', 10, "no function a:b/x#g\nthere are functions: a:b/x#f, a:b/x#c"),
        (ECHO, '[[step]]\ncall = "a:b/x#f"\nresult = \'""\'\n', 10 - 1, "takes 1 argument, not 0"),
        (ECHO, '[[step]]\ncall = "a:b/x#f"\nargs = ["256"]\nresult = \'""\'\n', 11, "column 1: expected a value of u8"),
        (ECHO, '[[step]]\ncall = "a:b/x#f"\nargs = ["1"]\n', 9, "`result` is missing"),
        (ECHO, '[[step]]\ncall = "a:b/x#c"\nargs = ["\'a\'"]\nresult = "1"\n', 12, "returns nothing"),
        (ECHO, '[[step]]\ncall = "a:b/x#c"\nargs = ["!char d800"]\n', 9, "there is the trap invalid-char"),
        (ECHO, '[[step]]\ncall = "a:b/x#c"\nargs = ["\'a\'"]\ntrap = "other"\n', 9, "there is no trap"),
        (ECHO, '[[step]]\ncall = "a:b/x#c"\nargs = ["!chr 1"]\n', 11, "unknown kind of value 'chr'"),
        (ECHO.replace("u8)", "u9)"), "instantiate-only = true", 6, "u9"),
        (
            ECHO,
            '[[step]]\ncall = "a:b/x#c"\nargs = ["\'a\'"]\n[[step]]\ncall = "a:b/x#flop"\n',
            13,
            "there is no function a:b/x#flop\nthere are functions: a:b/x#f, a:b/x#c",
        ),
        (
            RESOURCES,
            '[[step]]\nnew = "$x"\nresource = "a:b/y#s"\n',
            12,
            "the subject defines no resource a:b/y#s\nthere are no resources of it",
        ),
        (ECHO, 'features = ["shinny"]\ninstantiate-only = true\n', 9, "no gate has the feature 'shinny'"),
        (RESOURCES, '[[step]]\ndrop = "$x"\n', 10, "there is no handle $x"),
        (RESOURCES, '[[step]]\ncall = "a:b/x#give"\nargs = ["$x"]\n', 10, "never had a handle $x"),
        (RESOURCES, '[[step]]\ncall = "a:b/y#lend"\nby = "subject"\nargs = ["$x"]\n', 11, "imports no a:b/y#lend"),
    ],
)
def test_cases_that_contradict_their_wit_or_the_model(wit: str, steps: str, line: int, message: str) -> None:
    with pytest.raises(FileError) as caught:
        plan(wit, steps)
    assert str(caught.value).startswith(f"case.toml:{line}:")
    assert message in str(caught.value)


def test_a_step_that_both_sides_can_make_is_made_by_both() -> None:
    found = plan(ECHO, '[[step]]\ncall = "a:b/x#f"\nargs = ["7"]\nresult = \'"x"\'\n')
    assert [run.entries for run in found.runs] == [(Role.SUBJECT,), (Role.DRIVER,)]
    assert "pop_u8 = 7" in lines(found, Role.SUBJECT, 0)
    assert "push_u8 7" in lines(found, Role.SUBJECT, 1)
    assert found.runs[0].calls == ('a:b/x#f(7) -> "x"',)


def test_a_trap_ends_a_run_and_the_next_step_begins_another() -> None:
    steps = '[[step]]\ncall = "a:b/x#c"\nby = "driver"\nargs = ["!char d800"]\ntrap = "invalid-char"\n'
    found = plan(ECHO, steps * 2)
    assert [run.outcome.trap for run in found.runs] == [TrapClass.INVALID_CHAR] * 2
    assert all(" eager" in run.scripts[Role.SUBJECT].splitlines()[0] for run in found.runs)


def test_handles_go_to_and_fro() -> None:
    found = plan(
        RESOURCES,
        """
[[step]]
call = "a:b/x#[constructor]r"
result = "$x"
[[step]]
call = "a:b/x#give"
args = ["$x"]
[[step]]
call = "a:b/x#back"
result = "$x"
[[step]]
call = "a:b/x#[constructor]r"
by = "driver"
result = "$d"
[[step]]
call = "a:b/y#lend"
args = ["$d"]
during = [{ call = "a:b/x#[constructor]r", result = "$e" }, { drop = "$e", destroys = ["$e"] }]
[[step]]
drop = "$x"
destroys = ["$x"]
""",
    )
    (run,) = found.runs
    assert run.entries == (Role.SUBJECT, Role.DRIVER, Role.SUBJECT)
    subject = lines(found, Role.SUBJECT)
    assert "push_borrow a:b/x#r h3" in subject  # h1 went away and came back as h2
    assert [line for line in subject if line.startswith("resource_drop")] == [
        "resource_drop a:b/x#r h4",
        "resource_drop a:b/x#r h3",
        "resource_drop a:b/x#r h2",
    ]
    assert run.outcome.trap is None


def test_destructors_are_checked_against_the_model() -> None:
    with pytest.raises(FileError, match=r"the destructors of the run are: \$x"):
        plan(
            RESOURCES, '[[step]]\ncall = "a:b/x#[constructor]r"\nresult = "$x"\n[[step]]\ndrop = "$x"\ndestroys = []\n'
        )


def test_lists_of_numbers_both_ways() -> None:
    wit = "wit = 'package a:b; world w { import f: func(a: list<u8>); }'\nlists = 'both'\n"
    found = plan(wit, '[[step]]\ncall = "f"\nargs = ["[1]"]\n')
    assert [lines(found, Role.PROVIDER, run)[1] for run in (0, 1)] == [
        "push_list list<u8> 1 = 0",
        "push_list list<u8> 1 = 1 01",
    ]


def test_a_case_without_steps_only_instantiates() -> None:
    found = plan("wit = 'package a:b; world w { }'\n", "instantiate-only = true\n")
    assert found.runs[0].entries == ()
    assert lines(found, Role.SUBJECT) == []


def test_a_sample_is_what_check_would_do() -> None:
    wit = "package a:b; world w { import f: func(a: string); }"
    found = case_plan(parse_case(f"{HEAD}wit = '{wit}'\n[sample]\nseed = 5\ncalls = 9\n"))
    checked = check_plan(WitText(wit, "x"), seed=5, calls=9, title="t")
    assert found.runs == checked.runs


def test_needs_follow_from_the_types() -> None:
    wit = (
        "wit = 'package a:b; interface i { } "
        "world w { import l: i; import f: func(a: map<u8, u8>, b: list<u8, 2>, c: error-context); }'\n"
    )
    assert plan(wit, "instantiate-only = true\n").needs == {"map", "fixed-length-lists", "error-context", "implements"}


@pytest.mark.skipif(sys.platform == "win32", reason="links and FIFOs")
@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("../outside.wit", "../outside.wit leads out of the case's folder"),
        ("link.wit", "link.wit leads out of the case's folder"),
        ("folder", "folder leads out of the case's folder"),
        ("up", None),
        ("/etc/passwd", "/etc/passwd is an absolute path"),
        ("C:/x.wit", "C:/x.wit is an absolute path"),
        ("fifo", "fifo: fifo is not a regular file"),
        ("device", "device leads out of the case's folder"),
        ("large", "large is too large: at most 16 MiB"),
        ("loop", "loop cannot be read"),
        ("x.wit/y", "x.wit/y cannot be read"),
        ("x" * 5000, "cannot be read: File name too long"),
        ("x\\u0000y", "a path contains no NUL"),
        ("inner/../x.wit", None),
    ],
)
def test_a_wit_file_stays_within_the_folder_of_its_case(tmp_path: Path, name: str, message: str | None) -> None:
    (tmp_path / "outside.wit").write_text("package a:b; world w { }")
    folder = tmp_path / "cases"
    (folder / "inner").mkdir(parents=True)
    (folder / "x.wit").write_text("package a:b; world w { }")
    (folder / "link.wit").symlink_to(tmp_path / "outside.wit")
    (folder / "device").symlink_to("/dev/zero")
    (folder / "folder").mkdir()
    (folder / "folder" / "deps").symlink_to(tmp_path)
    (folder / "up").mkdir()
    (folder / "up" / "again").symlink_to(folder / "up")
    (folder / "loop").symlink_to(folder / "loop")
    os.mkfifo(folder / "fifo")
    with (folder / "large").open("wb") as file:
        file.truncate((16 << 20) + 1)
    text = HEAD + f'wit-file = "{name}"\ninstantiate-only = true\n'
    if message is None:
        parse_case(text, "case.toml", folder)
        return
    with pytest.raises(FileError) as caught:
        parse_case(text, "case.toml", folder)
    assert str(caught.value).startswith("case.toml:4:1: ")
    assert message in str(caught.value)


def test_a_case_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "x.wit").write_text("package a:b; world w { }", encoding="utf-8")
    (tmp_path / "case.toml").write_text(HEAD + 'wit-file = "x.wit"\ninstantiate-only = true\n', encoding="utf-8")
    assert case_plan(load_case(tmp_path / "case.toml")).runs


STEPS: tuple[Step[str], ...] = (
    CallStep("a:b/x#[constructor]r", result="$x"),
    CallStep(
        "a:b/x#f",
        ("$x", '"a\'\\n"', '!str "'),
        "'\\''",
        Role.DRIVER,
        TrapClass.UNALIGNED,
        (DropStep("x", destroys=("x",)), CallStep("g")),
        frozenset({"x"}),
        ("x",),
    ),
    DropStep("x", stale=True, trap=TrapClass.INVALID_HANDLE),
    DropStep("y", during=(CallStep("h"), DropStep("z"))),
    NewStep("n", "a:b/x#r", 7),
    RepStep("n"),
)


def _without_paths(steps: tuple[Step[str], ...]) -> list[str]:
    import re

    return [re.sub(r"path=\((?:[^()]|\([^()]*\))*\)", "path=()", repr(step)) for step in steps]


def test_what_is_written_is_read_again() -> None:
    wit = "package a:b;\nworld w {\n\timport f: func();\n}\n"
    text = case_text("t", "w", ("own", "https://x"), wit, STEPS, world="w", features=("a",), lists="both")
    case = parse_case(text)
    assert (case.title, case.origin, case.wit, case.world) == ("t", ("own", "https://x"), wit, "w")
    assert (case.features, case.lists) == (("a",), (Lists.BY_ELEMENT, Lists.NUMBERS))
    assert _without_paths(case.steps) == _without_paths(STEPS)
    sampled = parse_case(case_text("t", "w", ("own",), wit, sample=Sample(3, 4)))
    assert sampled.sample == Sample(3, 4)


@given(st.text(st.characters(codec="utf-8")))
def test_strings_survive_toml(text: str) -> None:
    import tomllib

    assert tomllib.loads(f"a = {toml_string(text)}") == {"a": text}


@given(st.text(st.characters(codec="utf-8", exclude_characters="\r"), min_size=1))
def test_texts_survive_a_case(text: str) -> None:
    assert parse_case(case_text("t", "w", ("own",), text)).wit == text


def test_tables_of_negative_cases() -> None:
    row = 'why = "w"\nwit = "x"\nstage = "wit"\nmessage = "m"\nreference = "accepts"\n'
    table = parse_negative_cases(f'title = "t"\n[[refusal]]\n{row}[[refusal]]\nworld = "v"\n{row}', "r.toml")
    assert [(r.line, r.world, r.reference) for r in table.rows] == [(2, None, "accepts"), (8, "v", "accepts")]
    with pytest.raises(FileError, match=r"r\.toml:5:1: .*'parse' is not one of"):
        parse_negative_cases(f'title = "t"\n[[refusal]]\n{row}'.replace('"wit"\n', '"parse"\n'), "r.toml")


WORLD = "package a:b; world w { }"


@pytest.mark.parametrize(
    ("stage", "wit", "wat", "message"),
    [
        ("wit", WORLD, "(module)", "r.toml:5:1: refusal.0.stage: 'new' was expected"),
        ("new", WORLD, None, "r.toml:2:1: refusal.0: 'wat' is a required property"),
        ("new", WORLD, "(module", "r.toml:7:1: expected `)`"),
        ("new", "nothing", "(module)", "r.toml:4:1: "),
    ],
)
def test_rows_with_a_core_module(stage: str, wit: str, wat: str | None, message: str) -> None:
    row = f'why = "w"\nwit = "{wit}"\nstage = "{stage}"\nmessage = "m"\n'
    row += f'wat = "{wat}"\nreference = "refuses"\n' if wat is not None else 'reference = "refuses"\n'
    with pytest.raises(FileError) as caught:
        parse_negative_cases(f'title = "t"\n[[refusal]]\n{row}', "r.toml")
    assert str(caught.value).startswith(message), caught.value


def test_no_step_fits_two_alternatives_of_the_schema() -> None:
    """So `anyOf`, which looks no further than the first that fits, says the same as `oneOf`."""
    alternatives = CASE_SCHEMA["$defs"]["step"]["anyOf"]
    assert all(one["required"] and one["additionalProperties"] is False for one in alternatives)
    for one, other in combinations(alternatives, 2):
        keys = {*one["required"], *other["required"]}
        assert not keys <= one["properties"].keys() & other["properties"].keys(), keys

"""Random worlds and their scripts have the important features: each in at least one of a hundred worlds."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from random import Random

import pytest

from harness.frontend.front_end import WitText, surround
from harness.fuzz.planned import TrialPlan, plan_trial
from harness.fuzz.worlds import Profile, random_world
from harness.plan.outcomes import TrapClass
from harness.plan.roles import Role
from harness.planner.compiler import Compiler
from harness.script import operations as s
from harness.script.text import value_text
from harness.world import types as t
from harness.world.layout import Layout
from harness.world.walk import reachable
from harness.world.world import Function, World
from tests.harness.fuzz.sources import seeded

WORLDS = 500
PLANS = 100
LEAST = 1
"""The number of these plans that must have a feature. Plans are slow, so there are few, and no more can be demanded of
them: if one plan in 30 has a feature, 97 % of all seeds have it in one of 100 plans, and only 85 % in two of them. So
this notices features that are drawn no longer or very rarely, and not that one became twice as rare."""


class Drawn:
    """Draws with their features, made only until they answer: later ones cannot take a feature away."""

    def __init__(self, draws: Iterable[set[str]]) -> None:
        self._left = iter(draws)
        self._found: Counter[str] = Counter()

    def have(self, feature: str, least: int) -> bool:
        """Whether at least as many of all draws have the feature."""
        while self._found[feature] < least:
            features = next(self._left, None)
            if features is None:
                return False
            self._found.update(features)
        return True


HANDLE_HOLDERS = ("Record", "Tuple", "Variant", "Option", "Result", "List", "Map", "FixedLengthList")
TEXTS = {
    "several packages": r"package [^;]* \{",
    "use of another package": r"use \S+:\S+/\S+\.\{",
    "inline import": r"import \S+: interface",
    "inline export": r"export \S+: interface",
    "world's function imported": r"import \S+: (async )?func",
    "world's function exported": r"export \S+: (async )?func",
    "label imported": r"import \S+: [\w%:/@.+-]+;",
    "label exported": r"export \S+: [\w%:/@.+-]+;",
    "include": r"\n  include ",
    "include with new names": r"\n  include \S+ with \{",
    "function behind a closed gate": r"@unstable\(feature = (off|on-not)\)\n *\S+ func\(",
    "type behind a closed gate": r"@unstable\(feature = (off|on-not)\)\n *record",
    "import or export behind a closed gate": r"@unstable\(feature = (off|on-not)\)\n *(import|export)",
    "payload on either side": r"result<([^<>,]+)>, result<_, \1>",
    "two fixed lengths": r"list<([^<>,]+), \d+>, list<\1, \d+>",
    "f32 beside 64 bits": r"variant \S+ \{[^}]*\([suf]64\)[^}]*\(f32\)|variant \S+ \{[^}]*\(f32\)[^}]*\([suf]64\)",
    "type again as parameter": r"func\(\S+: ([^,]{5,}), \S+: \1[,)]",
    "static": r": static func",
    "constructor": r"constructor\(",
    "fallible constructor": r"constructor\(.*\) ->",
    "getter": r": get\(\) ->",
    "setter": r": set\(value:",
    "static getter": r": static get\(\)",
    "getter of a world": r"(import|export) \S+: get\(\)",
    "fallible setter": r": (static )?set\(.*\) -> result",
    "async function": r": (static )?async func",
    "stream": r"\bstream\b(<|[,);])",
    "future": r"\bfuture\b(<|[,);])",
    "error-context": r"error-context",
    "gate": r"@unstable",
    "keyword": r"%(interface|world|list|func|u8)\b",
    "symbol of libc": r"\b(malloc|free|realloc|memcpy|abort)\b",
    "symbol of the core module": r"\b(memory|cabi-realloc|initialize|callback)\b",
    "symbol of the linker": r"\b(stack-pointer|table-base|heap-base|got-mem|wasm-call-ctors)\b",
}


def world_features(world: World) -> Iterator[str]:
    for function in world.export_functions():
        borrows = [param.type.resource for param in function.params if isinstance(param.type, t.Borrow)]
        handles = [resource.canonical for resource in borrows if not resource.exported]
        if len(set(handles)) < len(handles):
            yield "two borrows of one import's resource"
    if set(world.imports) & set(world.exports) - {None}:
        yield "imported and exported"
    own = world.imports.get(None)
    if own is not None:
        yield from ["world's types"] * bool(own.types) + ["world's resources"] * bool(own.resources)
    layout = Layout()
    for function in (*world.import_functions(), *world.export_functions()):
        flat = sum(layout.flat_count(param.type) for param in function.params)
        if flat in (15, 16, 17):
            yield f"{flat} flat parameters"
        results = layout.flat_count(function.result) if function.result is not None else 0
        if results in (1, 2):
            yield f"{results} flat results"
        yield from handle_features(function)
        for type in reachable(*(param.type for param in function.params), function.result):
            yield from type_features(type)


def handle_features(function: Function) -> Iterator[str]:
    for param in function.params:
        if isinstance(param.type, t.Own | t.Borrow):
            yield f"{param.type.__class__.__name__} as parameter"
    if isinstance(function.result, t.Own):
        yield "Own as result"


def type_features(type: t.Type) -> Iterator[str]:
    for part in type.parts:
        if isinstance(part, t.Own | t.Borrow):
            yield f"{part.__class__.__name__} in {type.__class__.__name__}"
    match type:
        case t.Map():
            yield f"map<{type.key.canonical}>"
        case t.FixedLengthList():
            yield "fixed-length list"
        case t.Record() | t.Tuple() if len(type.parts) >= 16:
            yield f"wide {type.__class__.__name__}"
        case t.EnumType(cases=cases) | t.Variant(cases=cases) if len(cases) in (1, 255, 256, 257):
            yield f"{type.__class__.__name__} of {len(cases)}"
        case t.Flags() if len(type.labels) in (1, 8, 9, 16, 17, 32):
            yield f"flags of {len(type.labels)}"


def renamed_with_members(wit: str) -> bool:
    """Whether an `include` gives another name to a resource of a world that has functions."""
    with_members = set(re.findall(r"(?<=\n  resource )(\S+) \{", wit))
    renames = re.findall(r"\n  include \S+ with \{([^}]*)\}", wit)
    return any(old in with_members for names in renames for old in re.findall(r"(\S+) as ", names))


def worlds_features() -> Iterator[set[str]]:
    for seed in range(WORLDS):
        world = random_world(seeded(seed), Profile())
        of_this = {name for name, pattern in TEXTS.items() if re.search(pattern, world.wit)}
        surroundings = surround(WitText(world.wit, f"seed {seed}"), world.world, world.features)
        of_this |= set(world_features(surroundings.parts[Role.SUBJECT].world))
        of_this |= {"resource with members renamed"} if renamed_with_members(world.wit) else set()
        yield of_this


DRAWN_WORLDS = Drawn(worlds_features())


@pytest.mark.parametrize(
    "feature",
    [
        *TEXTS,
        "imported and exported",
        "world's types",
        "world's resources",
        "two borrows of one import's resource",
        "resource with members renamed",
        *(f"{count} flat parameters" for count in (15, 16, 17)),
        *(f"{count} flat results" for count in (1, 2)),
        *(f"{kind} as parameter" for kind in ("Own", "Borrow")),
        "Own as result",
        *(f"{kind} in {holder}" for kind in ("Own", "Borrow") for holder in HANDLE_HOLDERS),
        *(f"map<{key}>" for key in ("u8", "bool", "s8", "u16", "s16", "u32", "s32", "u64", "s64", "char", "string")),
        "fixed-length list",
        *(f"wide {kind}" for kind in ("Record", "Tuple")),
        *(f"{kind} of {count}" for kind in ("EnumType", "Variant") for count in (1, 255, 256, 257)),
        *(f"flags of {count}" for count in (1, 8, 9, 16, 17, 32)),
    ],
)
def test_worlds_have(feature: str) -> None:
    assert DRAWN_WORLDS.have(feature, WORLDS // 100)


def script_features(trial: TrialPlan) -> Iterator[str]:
    for number, (run, steps) in enumerate(zip(trial.plan.runs, trial.planned.runs, strict=True)):
        if number >= trial.plain_runs:
            yield f"fault: {run.outcome.trap.value if run.outcome.trap is not None else 'no trap'}"
        scripts = Compiler(trial.planned.composition, steps.lists, lambda value, _: value).compile(steps.steps)
        for script in scripts.values():
            for frame in script.frames:
                yield from frame_features(frame)


def frame_features(frame: s.Frame) -> Iterator[str]:
    place = {s.OnRun: "run", s.OnExport: "export", s.OnDestructor: "destructor"}[frame.key.__class__]
    for op in frame.ops:
        yield f"{op.__class__.__name__} in {place}"
        given = op.args if isinstance(op, s.Call) else (op.value,) if isinstance(op, s.Return) else ()
        for value in given:
            if value is not None:
                yield from value_features(value)


def value_features(value: s.Value) -> Iterator[str]:
    inner: tuple[s.Value, ...] = ()
    match value:
        case s.Number("f32" as kind, bits) | s.Number("f64" as kind, bits):
            quiet, infinity = (0x0040_0000, 0x7F80_0000) if kind == "f32" else (1 << 51, 0x7FF << 52)
            if bits & infinity == infinity and bits & (quiet - 1):
                yield f"{kind} NaN with a payload"
        case s.Number("char", code) if code in (0xD7FF, 0xE000):
            yield "char beside the surrogates"
        case s.Number("enum", number) if number in (255, 256):
            yield f"enum {number}"
        case s.Str(data):
            yield from ["empty string"] * (not data) + ["long string"] * (len(data) > 100)
        case s.Fields(items) | s.Items(items):
            inner = items
            if isinstance(value, s.Items):
                yield f"list of {'none' if not items else 'many' if len(items) >= 64 else 'some'}"
        case s.CaseValue(number, payload):
            inner = (payload,) if payload is not None else ()
            if number in (255, 256):
                yield f"case {number}"
        case s.Entries(pairs):
            inner = tuple(part for pair in pairs for part in pair)
            keys = [value_text(key) for key, _ in pairs]
            yield from ["empty map"] * (not keys) + ["duplicate keys"] * (len(set(keys)) < len(keys))
    for part in inner:
        yield from value_features(part)


def scripts_features() -> Iterator[set[str]]:
    for seed in range(PLANS):
        world = random_world(seeded(1000 + seed), Profile())
        trial = plan_trial(world.wit, world.world, world.features, Random(seed), 60, 4)
        yield set(script_features(trial))


DRAWN_SCRIPTS = Drawn(scripts_features())


@pytest.mark.parametrize(
    "feature",
    [
        *(f"{kind} NaN with a payload" for kind in ("f32", "f64")),
        *("char beside the surrogates", "empty string", "long string", "empty map", "duplicate keys"),
        *(f"list of {count}" for count in ("none", "some", "many")),
        *(f"{kind} {number}" for kind in ("case", "enum") for number in (255, 256)),
        *(f"Drop in {place}" for place in ("run", "export", "destructor")),
        *(f"Call in {place}" for place in ("run", "export", "destructor")),
        *(f"New in {place}" for place in ("export", "destructor")),
        "Rep in export",
        *(
            f"fault: {trap.value}"
            for trap in (
                TrapClass.INVALID_CHAR,
                TrapClass.INVALID_DISCRIMINANT,
                TrapClass.INVALID_UTF8,
                TrapClass.INVALID_HANDLE,
                TrapClass.HANDLE_TYPE,
                TrapClass.BORROW_LEFT,
                TrapClass.UNALIGNED,
                TrapClass.OUT_OF_BOUNDS,
                TrapClass.TOO_LONG,
            )
        ),
        "fault: no trap",
    ],
)
def test_scripts_have(feature: str) -> None:
    assert DRAWN_SCRIPTS.have(feature, LEAST)

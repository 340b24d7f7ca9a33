"""A value type, added by the recipe: `twin<T>`, two values of one type.

The engine and the interpreter know no new type. So a twin is a tuple in binaries and in the `wit_t`, and where these
are read, a tuple of two equal types is a twin. No world here has such a tuple.
"""

from __future__ import annotations

import json
from pathlib import Path

from tests.recipes.copied import Copy, Edit
from tests.recipes.text import paths, section

GENERATOR = (
    Edit(
        "generator/resolved/types.py",
        "class FixedLengthList:\n    type: Type\n    size: int\n",
        "\n\n@dataclass(frozen=True, slots=True)\nclass Twin:\n    type: Type\n",
    ),
    Edit("generator/resolved/types.py", "    | FixedLengthList\n", "    | Twin\n"),
    Edit(
        "generator/resolved/kinds.py",
        "        case Tuple(types):\n            return types\n",
        "        case Twin(type):\n            return (type, type)\n",
    ),
    Edit(
        "generator/resolved/kinds.py",
        "            return Tuple(tuple(map(child, types)))\n",
        "        case Twin(type):\n            return Twin(child(type))\n",
    ),
    Edit("generator/resolved/kinds.py", "from generator.resolved.types import (\n", "    Twin,\n"),
    Edit(
        "generator/resolved/despecialize.py",
        "        case Tuple(types):\n            return Product(types)\n",
        "        case Twin(type):\n            return Product((type, type))\n",
    ),
    Edit("generator/resolved/despecialize.py", "from generator.resolved.types import (\n", "    Twin,\n"),
    Edit(
        "generator/wit/resolve_types.py",
        '        if constructor == "option":\n            return key, Option(types[0])\n',
        '        if constructor == "twin":\n            return key, Twin(types[0])\n',
    ),
    Edit("generator/wit/resolve_types.py", "from generator.resolved.types import (\n", "    Twin,\n"),
    Edit(
        "generator/wit/printer_types.py",
        "    if isinstance(kind, Option):\n",
        '    if isinstance(kind, Twin):\n        return f"twin<{type_text(resolve, kind.type, known)}>"\n',
        before=True,
    ),
    Edit("generator/wit/printer_types.py", "from generator.resolved.types import (\n", "    Twin,\n"),
    Edit(
        "generator/wit/json_form.py",
        '            return {"option": _type(type_)}\n',
        '        case Twin(type_):\n            return {"twin": _type(type_)}\n',
    ),
    Edit("generator/wit/json_form.py", "from generator.resolved.types import (\n", "    Twin,\n"),
    Edit(
        "generator/wit/binary/deftypes.py",
        "            return TupleType(tuple([value(type) for type in types]))\n",
        "        case wit.Twin(type):\n            return TupleType((value(type), value(type)))\n",
    ),
    Edit(
        "generator/wit/binary/conversion.py",
        "            case TupleType(types):\n                return Tuple(",
        "            case TupleType((one, other)) if one == other:\n"
        "                return Twin(self.valtype(one, scope))\n",
        before=True,
    ),
    Edit(
        "generator/wit/binary/conversion.py",
        '        case TupleType(types):\n            return ("tuple", len(types))\n',
        '        case TupleType((one, other)) if one == other:\n            return ("twin",)\n',
        before=True,
    ),
    Edit("generator/wit/binary/conversion.py", "from generator.resolved.types import (\n", "    Twin,\n"),
    Edit("generator/dylib/world/types.py", "    Tuple: Kind.TUPLE,\n", "    Twin: Kind.TUPLE,\n"),
    Edit("generator/dylib/world/types.py", "from generator.resolved.types import (\n", "    Twin,\n"),
)
KEYWORD = (
    Edit("generator/wit/lexer.py", '"tuple", ', '"twin", '),
    Edit("generator/wit/parser_types.py", '    if kind == "option"', ' or kind == "twin"'),
)
HARNESS = (
    Edit(
        "harness/world/types.py",
        '        return tuple(f"[{index}]" for index in range(self.size))\n',
        """

@dataclass(frozen=True, eq=False)
class Twin(Members):
    type: Type
    name: str | None = None

    @cached_property
    def canonical(self) -> str:
        return self.name or f"twin<{self.type.canonical}>"

    @cached_property
    def parts(self) -> tuple[Type, ...]:
        return (self.type, self.type)

    @cached_property
    def steps(self) -> tuple[str, ...]:
        return (".0", ".1")
""",
    ),
    Edit("harness/world/types.py", "    | FixedLengthList\n", "    | Twin\n"),
    Edit(
        "harness/world/despecialize.py",
        "    t.Tuple: lambda type: Product(type.types),\n",
        "    t.Twin: lambda type: Product(type.parts),\n",
    ),
    Edit(
        "harness/frontend/wit_view.py",
        "                return t.Option(self._type(type, place), name)\n",
        "            case w.Twin(type):\n                return t.Twin(self._type(type, place), name)\n",
    ),
    Edit("harness/values/values.py", "        case t.Record() | t.Tuple()", " | t.Twin()"),
    Edit(
        "harness/values/wave.py",
        '            return f"({_join(value, type.types)})"\n',
        '        case t.Twin(), tuple():\n            return f"({_join(value, type.parts)})"\n',
    ),
    Edit(
        "harness/values/wave_parser.py",
        "                return self._tuple(type)\n",
        "            case t.Twin():\n                return self._tuple(t.Tuple(type.parts))\n",
    ),
    Edit("harness/trace/kinds.py", '    t.Tuple: "tuple",\n', '    t.Twin: "tuple",\n'),
    Edit(
        "harness/trace/names.py",
        '            case "tuple":\n                return f"tuple<',
        '            case "tuple" if len(words) == 3 and words[1] == words[2]:\n'
        '                return f"twin<{self.type(words[1])}>"\n',
        before=True,
    ),
    Edit(
        "harness/trace/described.py",
        '            case "tuple":\n                return t.Tuple(',
        '            case "tuple" if len(words) == 3 and words[1] == words[2]:\n'
        "                return t.Twin(self._some(words[1]), name)\n",
        before=True,
    ),
    Edit("harness/world/merging.py", "            case t.Option() | t.List()", " | t.Twin()"),
    Edit(
        "harness/judge/same_world.py",
        '        case t.Option():\n            return ("some",)\n',
        '        case t.Twin():\n            return ("0", "1")\n',
    ),
    Edit("harness/explain/rules.py", "        case t.Record() | t.Tuple()", " | t.Twin()"),
)
NOT_NEEDED = {
    "generator/component/types.py": "it has no binary form of its own",
    "generator/component/forms.py": "the same",
    "harness/toolchains/reading.py": "in JSON, its kind has one type, as most have",
    "harness/trace/events.py": "its events are those of a tuple",
    "harness/fuzz/worlds/types.py": "random worlds have tuples of two equal types",
}

WIT = """
package a:b;
interface i {
  type pair = twin<u16>;
  f: func(a: twin<u8>, b: option<pair>) -> list<twin<string>>;
}
world w { import i; export i; }
"""
CASE = f"""
title = "Twins"
why = "A new type."
origin = "own"
wit = '''{WIT}'''

[[step]]
call = "a:b/i#f"
args = ["(1, 255)", "some((2, 3))"]
result = '[("a", "b"), ("", "c")]'
"""
SAMPLE = f"""
title = "Random twins"
why = "Their values follow from their shape."
origin = "own"
wit = '''{WIT}'''

[sample]
calls = 6
"""


def test_the_recipe_lists_these_files() -> None:
    listed = {path for path in paths(section("A value type")) if path.startswith(("generator/", "harness/"))}
    only = {"harness/frontend/narrow.py", "harness/planner/needs.py"}
    only |= {"harness/frontend/world_shape.py", "harness/suite/faults/shapes.py", "harness/suite/faults/keys.py"}
    assert {edit.path for edit in (*GENERATOR, *HARNESS)} | NOT_NEEDED.keys() | only == listed


def test_twins_run(tmp_path: Path) -> None:
    """Twins run in a case and with random values, and can be printed. A wrong shape is found."""
    copy = Copy(tmp_path, *GENERATOR, *KEYWORD, *HARNESS)
    case, sample, wit = copy.file("case.toml", CASE), copy.file("sample.toml", SAMPLE), copy.file("a.wit", WIT)

    assert "2 cases: 2 pass in" in copy.harness("run", case, sample, "--no-reference")
    generator = "import sys, generator.cli; sys.exit(generator.cli.main())"
    assert "type pair = twin<u16>;" in copy.python(generator, "component", "wit", wit)
    kinds = [type["kind"] for type in json.loads(copy.python(generator, "component", "wit", "--json", wit))["types"]]
    assert {"twin": "u16"} in kinds

    copy.edit([Edit("generator/resolved/despecialize.py", "            return Product((type, type", ", type")])
    assert "invalid output" in copy.harness("run", case, "--no-reference", code_of_exit=1)

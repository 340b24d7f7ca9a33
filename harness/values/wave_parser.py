"""WAVE text to values, by type: everything that `harness.values.wave` writes and that WAVE's own grammar allows."""

from __future__ import annotations

from collections.abc import Callable

from harness.values.values import CANONICAL_NAN, NONE, ErrorContext, Float, HandleName, Invalid, Value, VariantValue
from harness.values.wave_lexer import Token, WaveError, shortened, tokens
from harness.world import types as t

MAX_REPEATED = 1 << 20
"""Maximum number of characters or elements that `repeat` may make."""


def from_wave(text: str, type: t.Type, in_step: bool = False) -> Value:
    """The value of `text`; raises `WaveError` with the column.

    `in_step`: it may have parts that are no values, and handles that arrive by another name.
    """
    parser = _Parser(text, in_step)
    value = parser.value(type)
    parser.expect("end", "the end")
    return value


def _whole(digits: str, limit: int) -> int | None:
    """The number, if it is whole and at most `limit`. Python refuses to convert more than some thousand digits."""
    if not digits.isdigit() or len(digits) > len(str(limit)):
        return None
    number = int(digits)
    return number if number <= limit else None


class _Parser:
    def __init__(self, text: str, in_step: bool) -> None:
        self._text = text
        self._in_step = in_step
        self._tokens = list(tokens(text))
        self._at = 0

    def _peek(self) -> Token:
        return self._tokens[self._at]

    def _next(self) -> Token:
        token = self._tokens[self._at]
        self._at += token.kind != "end"
        return token

    def _error(self, expected: str, token: Token) -> WaveError:
        found = "the end" if token.kind == "end" else repr(shortened(token.text))
        return WaveError(f"expected {expected}, found {found}", self._text, token.offset)

    def expect(self, kind: str, expected: str) -> Token:
        token = self._next()
        if token.kind != kind:
            raise self._error(expected, token)
        return token

    def _accept(self, kind: str) -> bool:
        if self._peek().kind != kind:
            return False
        self._at += 1
        return True

    def value(self, type: t.Type) -> Value:
        if self._in_step and self._accept("!"):
            return Invalid(self.expect("string", "a string").text, self._arrives())
        match type:
            case t.Prim.STRING | t.List() | t.Map() if self._keyword("repeat"):
                return self._repeated(type)
            case t.Prim():
                return self._primitive(type)
            case t.Tuple():
                return self._tuple(type)
            case t.Record():
                return self._record(type)
            case t.List():
                return tuple(self._sequence("[", "]", lambda: self.value(type.type)))
            case t.FixedLengthList():
                return self._fixed(type)
            case t.Map():
                return tuple(self._sequence("{", "}", lambda: self._entry(type)))
            case t.Variant():
                return self._variant(type)
            case t.Option():
                return self._option(type)
            case t.Result():
                return self._result(type)
            case t.EnumType():
                return self._one_of(self.expect("label", "a case"), type.cases, "case")
            case t.Flags():
                return self._flags(type)
            case t.Own() | t.Borrow() | t.Future() | t.Stream():
                return HandleName(self.expect("handle", "a handle (`$name`)").text, self._arrives())

    def _arrives(self) -> str | None:
        return self.expect("handle", "a handle (`$name`)").text if self._in_step and self._keyword("as") else None

    def _repeated(self, type: t.Type) -> Value:
        self.expect("(", "`(`")
        token = self.expect("number", "how often")
        count = _whole(token.text, 1 << 63)
        if count is None:
            raise self._error("how often", token)
        self.expect(",", "`,`")
        value = self.value(type)
        self.expect(")", "`)`")
        if not isinstance(value, str | tuple):
            raise WaveError("only a string, a list or a map can be repeated", self._text, token.offset)
        if count * len(value) > MAX_REPEATED:
            raise WaveError(f"more than {MAX_REPEATED} elements", self._text, token.offset)
        return value * count

    def _sequence(self, opening: str, closing: str, item: Callable[[], Value]) -> list[Value]:
        self.expect(opening, f"`{opening}`")
        values: list[Value] = []
        while not self._accept(closing):
            values.append(item())
            if not self._accept(","):
                self.expect(closing, f"`,` or `{closing}`")
                break
        return values

    def _entry(self, type: t.Map) -> Value:
        key = self.value(type.key)
        self.expect(":", "`:`")
        return (key, self.value(type.value))

    def _fixed(self, type: t.FixedLengthList) -> Value:
        start = self._peek()
        items = self.value(t.List(type.type))
        assert isinstance(items, tuple)
        if len(items) != type.size:
            raise self._error(f"{type.size} elements for {type.canonical}, not {len(items)}", start)
        return items

    def _tuple(self, type: t.Tuple) -> Value:
        self.expect("(", "`(`")
        items: list[Value] = []
        for index, member in enumerate(type.types):
            if index:
                self.expect(",", f"`,` and {len(type.types) - index} more values")
            items.append(self.value(member))
        self._accept(",")
        self.expect(")", "`)`")
        return tuple(items)

    def _record(self, type: t.Record) -> Value:
        opening = self.expect("{", "`{`")
        found: dict[str, Value] = {}
        types = {field.name: field.type for field in type.fields}
        empty = self._accept(":")
        while not self._accept("}"):
            label = self.expect("label", "a field")
            if empty or label.text not in types or label.text in found:
                raise self._error(f"one of the fields {', '.join(n for n in types if n not in found)}", label)
            self.expect(":", "`:`")
            found[label.text] = self.value(types[label.text])
            if not self._accept(","):
                self.expect("}", "`,` or `}`")
                break
        for field in type.fields:
            if field.name not in found:
                if not isinstance(field.type, t.Option):
                    raise WaveError(f"the field {field.name} is missing", self._text, opening.offset)
                found[field.name] = NONE
        return tuple(found[field.name] for field in type.fields)

    def _one_of(self, token: Token, names: tuple[str, ...], what: str) -> int:
        if token.text not in names:
            shown = ", ".join(names[:12]) + (", .." if len(names) > 12 else "")
            raise self._error(f"a {what} ({shown})", token)
        return names.index(token.text)

    def _flags(self, type: t.Flags) -> Value:
        labels = self._sequence("{", "}", lambda: self._one_of(self.expect("label", "a flag"), type.labels, "flag"))
        return frozenset(label for label in labels if isinstance(label, int))

    def _variant(self, type: t.Variant) -> Value:
        label = self.expect("label", "a case")
        index = self._one_of(label, tuple(case.name for case in type.cases), "case")
        return VariantValue(index, self._payload(type.cases[index].type))

    def _payload(self, type: t.Type | None) -> Value | None:
        if type is None:
            if self._peek().kind == "(":
                raise self._error("no payload", self._peek())
            return None
        self.expect("(", "`(` and a payload")
        value = self.value(type)
        self.expect(")", "`)`")
        return value

    def _keyword(self, *words: str) -> str | None:
        token = self._peek()
        if token.kind == "label" and not token.escaped and token.text in words:
            self._at += 1
            return token.text
        return None

    def _option(self, type: t.Option) -> Value:
        match self._keyword("none", "some"):
            case "none":
                return NONE
            case "some":
                return VariantValue(1, self._payload(type.type))
        if isinstance(type.type, t.Option | t.Result):
            raise self._error("some(..) or none", self._peek())
        return VariantValue(1, self.value(type.type))

    def _result(self, type: t.Result) -> Value:
        match self._keyword("ok", "err"):
            case "ok":
                return VariantValue(0, self._payload(type.ok))
            case "err":
                return VariantValue(1, self._payload(type.err))
        if type.ok is None or isinstance(type.ok, t.Option | t.Result):
            raise self._error("ok or err", self._peek())
        return VariantValue(0, self.value(type.ok))

    def _primitive(self, type: t.Prim) -> Value:
        token = self._next()
        if type is t.Prim.BOOL and token.kind == "label" and token.text in ("true", "false"):
            return token.text == "true"
        if type is t.Prim.CHAR and token.kind == "char":
            return token.text
        if type is t.Prim.STRING and token.kind == "string":
            return token.text
        if type is t.Prim.ERROR_CONTEXT:
            return self._error_context(token)
        if type in t.FLOATS:
            return self._float(token, t.FLOATS[type])
        if type in t.NUMBERS and token.kind == "number":
            return self._integer(token, type)
        raise self._error(f"a value of {type.value}", token)

    def _integer(self, token: Token, type: t.Prim) -> int:
        width = t.NUMBERS[type]
        low, high = (0, (1 << width) - 1) if type in t.UNSIGNED else (-(1 << (width - 1)), (1 << (width - 1)) - 1)
        size = _whole(token.text.removeprefix("-"), 1 << width)
        number = -size if size is not None and token.text.startswith("-") else size
        if number is None or not low <= number <= high:
            raise self._error(f"a value of {type.value} ({low} to {high})", token)
        return number

    def _float(self, token: Token, width: int) -> Float:
        if token.kind == "label" and token.text == "nan":
            return Float(CANONICAL_NAN[width], width)
        if token.kind == "nan":
            found = Float(int(token.text.partition("0x")[2], 16) & ((1 << width) - 1), width)
            if not found.is_nan or len(token.text.partition("0x")[2]) != width // 4:
                raise self._error(f"all {width // 4} digits of a NaN", token)
            return found
        if token.kind == "number" or (token.kind == "label" and token.text == "inf"):
            return Float.of(float(token.text), width)
        raise self._error(f"a value of f{width}", token)

    def _error_context(self, token: Token) -> Value:
        if token.kind == "handle":
            return HandleName(token.text, self._arrives())
        if token.kind != "label" or token.text != "error-context":
            raise self._error('error-context("message")', token)
        self.expect("(", "`(`")
        message = self.expect("string", "a string").text
        self.expect(")", "`)`")
        return ErrorContext(message)

"""Mutants: copies of a module with one small change inside one function, made with the operators of mutmut.

mutmut's own runner passes by what is decorated, and here half of the logic stands in properties.
"""

import difflib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import libcst as cst
from libcst.metadata import MetadataWrapper, PositionProvider
from mutmut.mutation.file_mutation import Mutation, MutationVisitor
from mutmut.mutation.mutators import mutation_operators
from mutmut.mutation.pragma_handling import IgnoredCode

_CODECS = {"ascii", "latin-1", "utf-8"}


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change: where, what, the lines whose tests may notice it, and the module that has it."""

    function: str
    line: int
    lines: range
    change: str
    source: str


def mutants(code: str) -> list[Mutant]:
    """Every mutant of `code`, in the order of its lines."""
    wrapper = MetadataWrapper(cst.parse_module(code))
    places = wrapper.resolve(PositionProvider)
    visitor = _Visitor(mutation_operators, IgnoredCode(set(), set(), set()))
    wrapper.visit(visitor)
    names = dict(_functions(wrapper.module))
    statements = {inner: each for each in wrapper.module.body for inner in (each, *_methods(each))}
    found = []
    for mutation in visitor.mutations:
        function = mutation.contained_by_top_level_function
        if function not in names or _is_about_text(mutation) or _is_same_codec(mutation):
            continue
        place = places[mutation.original_node if mutation.original_node in places else function]
        statement = statements[function]
        old, new = map(wrapper.module.code_for_node, (statement, _replaced(statement, mutation)))
        source = code.replace(old, new, 1)
        lines = range(place.start.line, place.end.line + 1)
        found.append(Mutant(names[function], place.start.line, lines, _described(code, source), source))
    return sorted(found, key=lambda mutant: mutant.line)


class _Visitor(MutationVisitor):
    """Also goes into decorated functions, and keeps out of defaults, which a change of the code would not reach."""

    def _skip_node_and_children(self, node: cst.CSTNode) -> bool:
        if isinstance(node, cst.Param):
            return True
        if isinstance(node, cst.FunctionDef) and node.decorators:
            return False
        return bool(super()._skip_node_and_children(node))


def _replaced(statement: cst.CSTNode, mutation: Mutation) -> Any:  # noqa: ANN401 - as libcst has it
    return statement.deep_replace(mutation.original_node, mutation.mutated_node)


def _functions(module: cst.Module) -> Iterator[tuple[cst.CSTNode, str]]:
    for node in module.body:
        if isinstance(node, cst.FunctionDef):
            yield node, node.name.value
        for method in _methods(node):
            yield method, f"{cst.ensure_type(node, cst.ClassDef).name.value}.{method.name.value}"


def _methods(node: cst.CSTNode) -> list[cst.FunctionDef]:
    return (
        [each for each in node.body.body if isinstance(each, cst.FunctionDef)] if isinstance(node, cst.ClassDef) else []
    )


def _is_about_text(mutation: Mutation) -> bool:
    """Whether only a text for people changes: a literal with a blank in it. Bytes and words are data, and stay in."""
    before, after = mutation.original_node, mutation.mutated_node
    if isinstance(before, cst.Call) and isinstance(after, cst.Call):
        kept = {id(argument.value) for argument in after.args}
        gone = [argument.value for argument in before.args if id(argument.value) not in kept]
        return bool(gone) and all(map(_is_text, gone))
    if isinstance(before, (cst.Assign, cst.AnnAssign)):
        return before.value is not None and _is_text(before.value)
    return _is_text(before)


def _is_same_codec(mutation: Mutation) -> bool:
    """Whether only the case of a codec's name changes, which Python does not look at."""
    before, after = mutation.original_node, mutation.mutated_node
    if not (isinstance(before, cst.SimpleString) and isinstance(after, cst.SimpleString)):
        return False
    return before.raw_value.lower() in _CODECS and before.raw_value.lower() == after.raw_value.lower()


def _is_text(node: cst.CSTNode) -> bool:
    match node:
        case cst.SimpleString():
            return " " in node.value and "b" not in node.prefix
        case cst.FormattedString():
            return any(isinstance(part, cst.FormattedStringText) and " " in part.value for part in node.parts)
        case cst.ConcatenatedString():
            return _is_text(node.left) or _is_text(node.right)
    return False


def _described(before: str, after: str) -> str:
    """What changed, as the lines that go and the lines that come, each on one line."""
    lines = list(difflib.unified_diff(before.splitlines(), after.splitlines(), n=0, lineterm=""))[3:]
    old, new = (" ".join(line[1:].strip() for line in lines if line[0] == sign) for sign in "-+")
    return f"{old} -> {new or '(nothing)'}"

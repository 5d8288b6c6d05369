"""Which mutants there are, and a sample of them."""

import ast
import random
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from cosmic_ray.ast import ast_nodes, get_ast_from_path
from cosmic_ray.mutating import MutationVisitor
from cosmic_ray.plugins import get_operator, operator_names

# Arithmetic on texts, sequences and enumerations fails at once, and members of an enumeration are
# as equal as they are the same: such mutants show nothing.
SAME = tuple(
    f"core/ReplaceComparisonOperator_{name}"
    for name in ("Is_Eq", "IsNot_NotEq", "Eq_Is", "NotEq_IsNot")
)
OPERATORS = (
    *tuple(
        name
        for name in operator_names()
        if not get_operator(name).arguments()
        and not name.startswith(("core/ReplaceUnaryOperator", "core/ReplaceBinaryOperator"))
        and name not in ("core/RemoveDecorator", *SAME)
    ),
    "core/ReplaceBinaryOperator_Add_Sub",
    "core/ReplaceBinaryOperator_Sub_Add",
    "core/ReplaceBinaryOperator_Mul_Div",
    "core/ReplaceBinaryOperator_Div_Mul",
    "core/ReplaceUnaryOperator_Delete_Not",
)


@dataclass(frozen=True)
class Mutant:
    """One change of one place in a file."""

    file: Path
    operator: str
    occurrence: int
    line: int

    def source(self) -> str:
        """The file's text with the change."""
        operator = get_operator(self.operator)()
        changed = MutationVisitor.mutate_code(self.file.read_text(), operator, self.occurrence)
        if changed is None:
            raise LookupError(self)
        return str(changed)


def draw(files: Sequence[Path], number: int, seed: int) -> list[Mutant]:
    """`number` mutants of the files, the same ones for the same seed and sources.

    Places are drawn first and one of a place's mutants then, or else comparisons, of which each
    has nine mutants, would fill the sample.
    """
    places: dict[tuple[Path, int], list[Mutant]] = {}
    for file in files:
        for mutant in mutants(file):
            places.setdefault((mutant.file, mutant.line), []).append(mutant)
    lot = random.Random(seed)
    chosen = lot.sample(sorted(places), min(number, len(places)))
    drawn = [lot.choice(places[place]) for place in chosen]
    return [_that_compiles(one, places[one.file, one.line]) for one in drawn]


def _that_compiles(drawn: Mutant, of_place: Sequence[Mutant]) -> Mutant:
    """The mutant, or the place's next one; a `not` before `x := y` alone is no program."""
    first = of_place.index(drawn)
    for mutant in (*of_place[first:], *of_place[:first]):
        with suppress(SyntaxError):
            compile(mutant.source(), mutant.file, "exec")
            return mutant
    return drawn


def mutants(file: Path) -> Iterator[Mutant]:
    """Every mutant of a file, without those of types, which mypy checks, and of a `*,`."""
    types, lines = _types(file), file.read_text().splitlines()
    tree = get_ast_from_path(file)
    for name in OPERATORS:
        operator = get_operator(name)()
        positions = (
            position for node in ast_nodes(tree) for position in operator.mutation_positions(node)
        )
        for occurrence, (start, _) in enumerate(positions):
            keyword_only = lines[start[0] - 1][start[1] :].startswith("*,")
            if not keyword_only and not any(first <= start < last for first, last in types):
                yield Mutant(file, name, occurrence, start[0])


def _types(file: Path) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    """Where annotations are, and what is said of a class as a whole, such as that it is frozen."""
    nodes = ast.walk(ast.parse(file.read_text()))
    found: list[ast.expr | None] = []
    for node in nodes:
        match node:
            case ast.AnnAssign() | ast.arg():
                found.append(node.annotation)
            case ast.FunctionDef():
                found.append(node.returns)
            case ast.ClassDef():
                found += node.decorator_list
            case ast.TypeAlias():
                found.append(node.value)
    return [
        ((one.lineno, one.col_offset), (one.end_lineno or 0, one.end_col_offset or 0))
        for one in found
        if one is not None
    ]

"""The handler to compare with: every library that a function imports, and nothing else."""

import ast
from pathlib import Path

# It raises, as a function does that is not configured: both then pay for a traceback.
HANDLER = 'def handler(event, context):\n    raise ValueError("nothing is configured")\n'
BOTO3_AND_PSYCOPG = f'import boto3\nimport psycopg\nclient = boto3.client("rds")\n{HANDLER}'
"""What query_database would load if boto3's client of Amazon RDS signed its IAM tokens."""


def bare_handler(module: str, search_path: list[Path]) -> str:
    """The source of a handler with the imports that loading `module` runs, less our own.

    Found by reading, not by running: the module and every one of ours that it reaches; what is
    imported inside a function or for the type checker alone is not run, and so not counted.
    """
    lines: dict[str, None] = {}
    waiting, seen = [module], set[str]()
    while waiting:
        name = waiting.pop()
        if name in seen or (file := _file(name, search_path)) is None:
            continue
        seen.add(name)
        waiting += [".".join(name.split(".")[:end]) for end in range(1, name.count(".") + 1)]
        package = name if file.stem == "__init__" else name.rpartition(".")[0]
        for node in _imports(ast.parse(file.read_text())):
            ours = [one for one in _modules(node, package) if _file(one, search_path)]
            waiting += ours
            if not ours:
                lines[ast.unparse(node)] = None
    return "\n".join([*lines, "", HANDLER])


def _imports(tree: ast.Module) -> list[ast.Import | ast.ImportFrom]:
    return [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]


def _modules(node: ast.Import | ast.ImportFrom, package: str) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    above = package.split(".")[: 1 - node.level or None] if node.level else []
    module = ".".join([*above, *([node.module] if node.module else [])])
    return [module, *(f"{module}.{alias.name}" for alias in node.names)]


def _file(module: str, search_path: list[Path]) -> Path | None:
    for folder in search_path:
        path = folder.joinpath(*module.split("."))
        for file in (path.with_suffix(".py"), path / "__init__.py"):
            if file.exists():
                return file
    return None

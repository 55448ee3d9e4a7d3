"""The Python of the pages is Python, and asks of devos_sdk only what is there."""

import ast
import re
import textwrap

import pytest

import devos_sdk
from tests.docs.repository import ROOT, pages

BLOCK = re.compile(r"^( *)```python\n(.*?)^\1```", re.MULTILINE | re.DOTALL)
EXAMPLES = [
    pytest.param(textwrap.dedent(code), id=f"{page.relative_to(ROOT)}-{number}")
    for page in pages()
    for number, (_, code) in enumerate(BLOCK.findall(page.read_text()), 1)
]


@pytest.mark.parametrize("code", EXAMPLES)
def test_an_example_imports_only_public_names(code: str) -> None:
    imports = [node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.ImportFrom)]
    asked = {alias.name for node in imports if node.module == "devos_sdk" for alias in node.names}
    assert asked <= set(devos_sdk.__all__)


@pytest.mark.parametrize("code", [example for example in EXAMPLES if "agent.run()" in str(example.values[0])])
def test_an_example_of_an_agent_registers_its_handlers(code: str) -> None:
    namespace: dict[str, object] = {"__name__": "example"}
    exec(compile(code, "example", "exec"), namespace)
    assert isinstance(namespace["agent"], devos_sdk.Agent)

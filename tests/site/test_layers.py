"""extraction over screening over review, also where import-linter cannot see: in strings.

Models relate downward only, templates link and include downward only, and nobody reaches up with
``apps.get_model`` or a signal. The site (review.site, templates/site, templates/base.html) may
know everything; nothing below may know it.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps

ROOT = Path(__file__).parents[2]
TEMPLATES = ROOT / "templates"
LAYERS = {"review": 0, "screening": 1, "extraction": 2, "site": 3}
NAVIGATION = ("base.html", "_person.html")
NAMED = re.compile(r"""\{%\s*(?:url|include|extends|nav_link)\s+(["'])(?P<name>[^"']+)\1""")


def layer_of(template: Path) -> int:
    """Where a template belongs: its folder's stage; a component of several apps is the lowest."""
    return LAYERS.get(template.relative_to(TEMPLATES).parts[0], 0)


def upward(template: Path, text: str) -> Iterator[str]:
    """The names in a template that belong to a higher stage."""
    if template.name in NAVIGATION and template.parent == TEMPLATES:
        return
    for found in NAMED.finditer(text):
        name = found["name"]
        stage = name.partition(":")[0] if ":" in name else name.partition("/")[0]
        if LAYERS.get(stage, 0) > layer_of(template):
            yield f"{template.relative_to(TEMPLATES)}: {name}"


def python_files(*folders: str) -> Iterator[tuple[Path, ast.Module]]:
    """Every module of the product below these folders, migrations left out."""
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path, ast.parse(path.read_text())


def test_no_model_relates_to_a_higher_stage() -> None:
    ours = [model for model in apps.get_models() if model._meta.app_label in LAYERS]
    assert ours
    assert [
        f"{model._meta.label}.{field.name} -> {field.related_model._meta.label}"
        for model in ours
        for field in model._meta.get_fields()
        if field.concrete and field.related_model
        if LAYERS.get(field.related_model._meta.app_label, -1) > LAYERS[model._meta.app_label]
    ] == []


def test_no_template_names_a_page_or_a_part_of_a_higher_stage() -> None:
    found = [
        line
        for template in sorted(TEMPLATES.rglob("*.html"))
        for line in upward(template, template.read_text())
    ]
    assert found == []


@pytest.mark.parametrize(
    ("template", "text", "wrong"),
    [
        ("review/a.html", "{% url 'screening:queue' slug %}", True),
        ("review/a.html", '{% include "screening/_a.html" %}', True),
        ("review/a.html", '{% nav_link "site:home" "Home" %}', True),
        ("screening/a.html", '{% extends "extraction/a.html" %}', True),
        ("_a.html", "{% url 'site:home' slug %}", True),
        ("screening/a.html", "{% url 'review:report' slug %}", False),
        ("extraction/a.html", "{% url 'screening:queue' slug %}", False),
        ("extraction/a.html", '{% extends "base.html" %}', False),
        ("site/a.html", "{% url 'extraction:studies' slug %}", False),
        ("base.html", '{% include "site/_stages.html" %}', False),
    ],
)
def test_upward_names_are_found_in_every_way_of_writing_them(
    template: str, text: str, wrong: bool
) -> None:
    assert bool(list(upward(TEMPLATES / template, text))) is wrong


def calls(tree: ast.Module) -> Iterator[str]:
    """What a module calls, in dotted form."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func)


def test_models_are_imported_never_looked_up() -> None:
    assert [
        f"{path.relative_to(ROOT)}: {call}"
        for path, tree in python_files(*LAYERS.keys() - {"site"})
        for call in calls(tree)
        if call.endswith("get_model")
    ] == []


def test_no_stage_listens_to_signals_of_models() -> None:
    """Ours take the append-only triggers off before a migration and put them on after it."""
    found = {
        (str(path.relative_to(ROOT)), name.name)
        for path, tree in python_files(*LAYERS.keys() - {"site"})
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").endswith("signals")
        if (node.module or "").startswith("django") or node.module == "signals"
        for name in node.names
    }
    assert found <= {("review/apps.py", "pre_migrate"), ("review/apps.py", "post_migrate")}
    assert not [
        str(path)
        for path, tree in python_files(*LAYERS.keys() - {"site"})
        for call in calls(tree)
        if call in ("receiver", "Signal") or call.endswith((".Signal", "dispatch.receiver"))
    ]


def test_no_file_or_function_outgrows_its_idea() -> None:
    long_files = [
        f"{path.relative_to(ROOT)}: {lines} lines"
        for path, _ in python_files(*LAYERS.keys() - {"site"})
        if (lines := len(path.read_text().splitlines())) > 400
    ]
    long_functions = [
        f"{path.relative_to(ROOT)}: {node.name} has {length} lines"
        for path, tree in python_files(*LAYERS.keys() - {"site"})
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef)
        if (length := (node.end_lineno or 0) - node.lineno + 1) > 50
    ]
    assert long_files + long_functions == []


def test_no_module_is_named_after_nothing() -> None:
    forbidden = {"utils", "helpers", "helper", "common", "manager", "managers", "misc"}
    modules = [path for path, _ in python_files(*LAYERS.keys() - {"site"})]
    assert [path for path in modules if path.stem in forbidden] == []

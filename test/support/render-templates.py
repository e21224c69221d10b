"""Renders Jinja templates as dbt would: [{"template", "context"}] on stdin, their texts on stdout.

dbt itself is not used. `source`, `ref` and `var` give what the catalog's own project needs; `config` gives nothing.
"""

import json
import sys

import jinja2

asked = json.load(sys.stdin)
environment = jinja2.Environment(undefined=jinja2.StrictUndefined)
environment.globals.update(
    source=lambda schema, table: f'"{schema}"."{table}"',
    ref=lambda model: f'"{asked["schema"]}"."{model}"',
    var=lambda name: asked["vars"][name],
    config=lambda **_: "",
)


def render(template, context):
    return environment.from_string(template).render(**context)


print(json.dumps([render(one["template"], one.get("context", {})) for one in asked["templates"]]))

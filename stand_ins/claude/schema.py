"""Output schemas: what the service accepts as one, and a sample that follows it.

Source of the limits: the provider's documentation of structured outputs (closed objects, no numeric bounds, no lengths).
"""

from __future__ import annotations

from collections.abc import Iterator

from stand_ins.claude.problems import invalid
from stand_ins.claude.request import JSON

UNSUPPORTED = {
    "number": {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"},
    "integer": {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"},
    "string": {"minLength", "maxLength"},
    "array": {"maxItems", "uniqueItems"},
}
"""Keywords that are refused, by type."""


def check_schema(schema: JSON) -> None:
    """Raises ApiError for a schema that the real service would not compile."""
    place = "output_config.format.schema"
    for part in _parts(schema):
        kind = part.get("type")
        kinds = {str(name) for name in (kind if isinstance(kind, list) else [kind])}
        if "object" in kinds and part.get("additionalProperties") is not False:
            raise invalid(f"{place}: For 'object' type, 'additionalProperties' must be explicitly set to false")
        for name in sorted(kinds & UNSUPPORTED.keys()):
            if found := sorted(UNSUPPORTED[name] & part.keys()):
                raise invalid(f"{place}: For '{name}' type, properties {', '.join(found)} are not supported")


def _parts(schema: JSON) -> Iterator[JSON]:
    """The schema and those within it."""
    waiting: list[object] = [schema]
    while waiting:
        part = waiting.pop()
        if not isinstance(part, dict):
            continue
        yield part
        waiting += [*part.get("properties", {}).values(), *part.get("$defs", {}).values()]
        waiting += [part.get("items"), *part.get("anyOf", []), *part.get("allOf", [])]


def sample_of(schema: JSON, text: str) -> object:
    """A value that follows ``schema``: the first of each choice, and ``text`` for every free string."""
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return schema["enum"][0]
    if "anyOf" in schema:
        return sample_of(schema["anyOf"][0], text)
    kind = schema.get("type")
    match kind[0] if isinstance(kind, list) else kind:
        case "object":
            return {name: sample_of(part, text) for name, part in schema.get("properties", {}).items()}
        case "array":
            return [sample_of(schema["items"], text)] if schema.get("minItems") else []
        case "number" | "integer":
            return schema.get("minimum", 1)
        case "boolean":
            return True
        case "null":
            return None
        case _:
            return text

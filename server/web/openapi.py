"""The description of the API (OpenAPI 3.1), made from the registry: `/api/openapi.json`.

Flows in: route specs. Flows out: one JSON document; shapes come from the Structs by msgspec, actions
and relations stand at each call as ``x-action`` and ``x-object``.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from server.permissions.table import TABLE
from server.web.answers import ErrorAnswer
from server.web.registry import RouteSpec, is_plain, parameters

REFERENCE = "#/components/schemas/{name}"


def describe(specs: Iterable[RouteSpec], version: str) -> dict[str, Any]:
    """The whole document. Routes for people's pages are left out: it is for programs."""
    listed = [spec for spec in specs if spec.path.startswith("/api/")]
    kinds = _kinds(listed)
    schemas, components = msgspec.json.schema_components(list(kinds.values()), ref_template=REFERENCE)
    shapes = dict(zip(kinds, schemas, strict=True))
    paths: dict[str, dict[str, Any]] = {}
    for spec in listed:
        paths.setdefault(spec.path, {})[spec.method.lower()] = _operation(spec, shapes, components)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Sabak", "version": version},
        "security": [{"bearer": []}, {"cookie": []}],
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer"},
                "cookie": {"type": "apiKey", "in": "cookie", "name": "sabak_session"},
            },
        },
    }


def _kinds(specs: Iterable[RouteSpec]) -> dict[str, Any]:
    """Every shape once, by a name of its own."""
    kinds: dict[str, Any] = {repr(ErrorAnswer): ErrorAnswer}
    for spec in specs:
        for kind in (spec.body, spec.query, spec.answer):
            if kind is not None and not is_plain(kind):
                kinds[repr(kind)] = kind
    return kinds


def _operation(spec: RouteSpec, shapes: Mapping[str, Any], components: Mapping[str, Any]) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": spec.handler.__name__,
        "summary": (spec.handler.__doc__ or TABLE[spec.action].what).strip().splitlines()[0],
        "x-action": spec.action,
        "parameters": [
            {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
            for name in parameters(spec.path)
        ],
        "responses": {
            **_success(spec, shapes),
            "default": {
                "description": "Refused",
                "content": {"application/json": {"schema": shapes[repr(ErrorAnswer)]}},
            },
        },
    }
    if spec.target:
        operation["x-object"] = spec.target
    if TABLE[spec.action].anyone:
        operation["security"] = []
    if spec.query is not None:
        shape = components[spec.query.__name__]
        operation["parameters"] += [
            {"name": name, "in": "query", "required": name in shape.get("required", []), "schema": schema}
            for name, schema in shape["properties"].items()
        ]
    if spec.body is not None:
        operation["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": shapes[repr(spec.body)]}},
        }
    return operation


def _success(spec: RouteSpec, shapes: Mapping[str, Any]) -> dict[str, Any]:
    if spec.answer is None:
        return {"204": {"description": "Done"}}
    if is_plain(spec.answer):
        return {"200": {"description": "Not JSON"}}
    schema = shapes[repr(spec.answer)]
    return {str(spec.status): {"description": "Done", "content": {"application/json": {"schema": schema}}}}

"""The description of the API: complete, and valid in form."""

import json
import re
from typing import Any

from server.permissions.table import TABLE
from server.web.registry import parameters, routes
from tests.server.kit import Running

METHODS = {"get", "post", "put", "patch", "delete", "options"}


def references(value: Any) -> set[str]:
    if isinstance(value, dict):
        inside = {found for each in value.values() for found in references(each)}
        return inside | ({value["$ref"]} if "$ref" in value else set())
    if isinstance(value, list):
        return {found for each in value for found in references(each)}
    return set()


async def test_it_is_complete_and_well_formed(site: Running) -> None:
    answer = await site.call("GET", "/api/openapi.json")
    document = json.loads(answer.text)
    assert re.fullmatch(r"3\.1\.\d", document["openapi"])
    assert document["info"]["title"] and document["info"]["version"]
    described = {(method.upper(), path) for path, item in document["paths"].items() for method in item}
    assert described == {(s.method, s.path) for s in routes() if s.path.startswith("/api/")}
    schemas = document["components"]["schemas"]
    for reference in references(document):
        prefix, _, name = reference.rpartition("/")
        assert prefix == "#/components/schemas" and name in schemas, reference
    names = set()
    for path, item in document["paths"].items():
        for method, operation in item.items():
            assert method in METHODS
            names.add(operation["operationId"])
            assert operation["summary"] and operation["x-action"] in TABLE
            in_path = [p["name"] for p in operation["parameters"] if p["in"] == "path"]
            assert in_path == parameters(path)
            for parameter in operation["parameters"]:
                assert {"name", "in", "required", "schema"} <= parameter.keys()
            assert "default" in operation["responses"] and len(operation["responses"]) == 2
            for code, response in operation["responses"].items():
                assert (code == "default" or code.isdigit()) and response["description"]
    assert len(names) == len(described), "two operations share an id"


async def test_bodies_and_queries_are_described(site: Running) -> None:
    document = json.loads((await site.call("GET", "/api/openapi.json")).text)
    login = document["paths"]["/api/v1/login"]["post"]
    shape = login["requestBody"]["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
    assert set(document["components"]["schemas"][shape]["required"]) == {"login", "password"}
    assert login["security"] == []
    search = document["paths"]["/api/v1/users"]["get"]
    assert "limit" in {p["name"] for p in search["parameters"] if p["in"] == "query"}


async def test_every_answer_is_named_by_its_type() -> None:
    for spec in routes():
        if spec.path.startswith("/api/v1/") and spec.method == "GET":
            assert spec.answer is not None, f"{spec.name} has no answer type"

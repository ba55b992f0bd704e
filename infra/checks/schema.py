"""The argument names and types of the AWS provider, without the provider.

The typed bindings that HashiCorp generated from the provider's published schema are on PyPI; the archive inside names
every argument, its type, whether it is required and whether it is a block. This turns it into the schema that
Terraform asks a provider for.
"""

import json
import re
import tarfile
import zipfile
from pathlib import Path

PACKAGE = "@cdktf/provider-aws"
# The documentation of an argument links to it by the name that Terraform knows.
LINK = re.compile(r"/docs/[a-z-]+/[a-z0-9_]+#([a-z0-9_]+) ")
VERSION = re.compile(r"/hashicorp/aws/([0-9.]+)/docs/")


def load(wheel: Path, cache: Path) -> dict:
    """The schema of every resource and data source: `{"version", "resources", "data"}`."""
    if cache.exists():
        return json.loads(cache.read_text())
    schema = _schema(_types(wheel))
    cache.write_text(json.dumps(schema))
    return schema


def _types(wheel: Path) -> dict:
    with zipfile.ZipFile(wheel) as archive:
        [inner] = [name for name in archive.namelist() if name.endswith(".jsii.tgz")]
        with archive.open(inner) as packed, tarfile.open(fileobj=packed, mode="r:gz") as bindings:
            return json.load(bindings.extractfile("package/.jsii"))["types"]


def _schema(types: dict) -> dict:
    resources, data, version = {}, {}, None
    for name, config in types.items():
        if not name.endswith("Config") or config["kind"] != "interface":
            continue
        bare = types.get(name.removesuffix("Config"))
        terraform_name = bare and _terraform_name(bare)
        if not terraform_name:
            continue
        version = version or _version(config)
        block = _block(types, name)
        _add_computed(block, bare, config)
        (data if ".data_aws" in name or name.split(".")[-1].startswith("DataAws") else resources)[terraform_name] = block
    return {"version": version, "resources": resources, "data": data}


def _terraform_name(bare: dict) -> str | None:
    """`aws_dynamodb_table`, from the documentation of the class."""
    summary = bare.get("docs", {}).get("summary", "")
    found = re.search(r"(?:resources|data-sources)/([a-z0-9_]+) ([a-z0-9_]+)\}", summary)
    return found and found.group(2)


def _version(config: dict) -> str | None:
    found = VERSION.search(json.dumps(config.get("properties", [])))
    return found and found.group(1)


def _block(types: dict, fqn: str) -> dict:
    """`{"attributes": {name: {"type", "required", "computed"}}, "blocks": {name: {"block", "list", "required"}}}`"""
    attributes, blocks = {}, {}
    for argument in types[fqn].get("properties", []):
        docs = argument.get("docs", {})
        found = LINK.search(docs.get("summary", "") + " " + docs.get("remarks", "") + " ")
        if not found:
            continue
        name, required = found.group(1), not argument.get("optional", False)
        struct, many = _struct(types, argument["type"])
        if struct and docs.get("summary", "").strip() == f"{name} block.":
            blocks[name] = {"block": _block(types, struct), "list": many, "required": required}
        else:
            attributes[name] = {"type": _type(types, argument["type"]), "required": required, "computed": not required}
    return {"attributes": attributes, "blocks": blocks}


def _add_computed(block: dict, bare: dict, config: dict) -> None:
    """The attributes that a resource computes."""
    settable = {argument["name"] for argument in config.get("properties", [])}
    for getter in bare.get("properties", []):
        name = getter["name"]
        if getter.get("static") or getter.get("protected") or name in settable:
            continue
        if name.endswith("Input") and name.removesuffix("Input") in settable:
            continue
        kind = _plain(getter["type"])
        if kind:
            snake = re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", name).lower()
            block["attributes"].setdefault(snake, {"type": kind, "required": False, "computed": "only"})


def _struct(types: dict, kind: dict) -> tuple[str | None, bool]:
    """The structure of a type, and whether it may occur many times."""
    if "fqn" in kind and kind["fqn"].startswith(PACKAGE):
        return kind["fqn"], False
    for part in kind.get("union", {}).get("types", []) + [kind]:
        element = part.get("collection", {}).get("elementtype", {})
        if element.get("fqn", "").startswith(PACKAGE):
            return element["fqn"], True
    return None, False


def _type(types: dict, kind: dict):
    """A type as Terraform writes it in JSON."""
    plain = _plain(kind)
    if plain:
        return plain
    struct, many = _struct(types, kind)
    if struct:
        inner = _block(types, struct)
        fields = {name: attribute["type"] for name, attribute in inner["attributes"].items()}
        return ["list", ["object", fields]] if many else ["object", fields]
    return "dynamic"


def _plain(kind: dict):
    match kind:
        case {"primitive": "string" | "number" as primitive}:
            return primitive
        case {"primitive": "boolean"}:
            return "bool"
        case {"fqn": "cdktf.IResolvable"}:
            return "bool"
        case {"fqn": "cdktf.StringMap"}:
            return ["map", "string"]
        case {"union": {"types": parts}}:
            found = [_plain(part) for part in parts if part.get("fqn") != "cdktf.IResolvable"]
            return found[0] if found else "bool"
        case {"collection": {"elementtype": element, "kind": shape}}:
            inner = _plain(element)
            return inner and ["map" if shape == "map" else "list", inner]
        case _:
            return None

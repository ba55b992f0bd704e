"""What the code asks of AWS: the operations that it calls, and the rights that they need.

A call is found by its name: every operation of a service that the file's module works with, called on anything. The
names are those of botocore's descriptions of the services, which also tell the right: an operation and its right have
one name, but for the exceptions below.
"""

import re
from functools import cache
from pathlib import Path

from botocore import xform_name
from botocore.session import get_session

from context import Context

# A transaction has no right of its own: its parts have those of the single requests. These are the parts of ours.
PARTS = {"dynamodb:TransactWriteItems": {"dynamodb:UpdateItem", "dynamodb:PutItem", "dynamodb:ConditionCheckItem"}}

# Files that only `doctor` calls. It asks who it is and what is there, and says so where it may not know; and it tries
# what a role must be refused. So nothing is granted for it, and these operations may be called nowhere else.
DOCTOR = {
    "src/aws/identity.rs": {"sts:GetCallerIdentity"},
    "src/deliver/audience.rs": {"sns:ListSubscriptionsByTopic"},
    "src/store/description.rs": {"dynamodb:DescribeContinuousBackups", "dynamodb:DescribeTable", "dynamodb:DescribeTimeToLive"},
    "src/store/rights.rs": {"dynamodb:Scan", "dynamodb:DeleteItem"},
}

# What a client answers that is no request.
NO_REQUEST = {"clone", "config"}


def check(context: Context, granted: set[str]) -> list[str]:
    """Where the code and the rights that it is given differ."""
    faults, needed = [], set()
    calls = _calls(context)
    for file, names in calls.items():
        for name in sorted(names):
            if name in DOCTOR.get(file, set()):
                continue
            rights = PARTS.get(name, {name})
            needed |= rights
            faults += [f"{file} calls {name}, and no policy grants {right}" for right in sorted(rights - granted)]
    for file, names in DOCTOR.items():
        faults += [f"{file} no longer calls {name}" for name in sorted(names - calls.get(file, set()))]
    # KMS is asked by the other services, in the name of the one who asks them.
    idle = {right for right in granted - needed if not right.startswith("kms:")}
    return faults + [f"{right} is granted, and nothing in src/ calls it" for right in sorted(idle)]


def _calls(context: Context) -> dict[str, set[str]]:
    """The operations by file, tests aside."""
    sources = {file: _code(file) for file in sorted((context.root / "src").rglob("*.rs")) if not _is_test(file)}
    works_with: dict[Path, set[str]] = {}
    for file, code in sources.items():
        works_with.setdefault(_module(context, file), set()).update(re.findall(r"\baws_sdk_(\w+)", code))
    found = {}
    for file, code in sources.items():
        # A file that names its service is about this one; another is about those of its module.
        services = set(re.findall(r"\baws_sdk_(\w+)", code)) or works_with[_module(context, file)]
        if not services:
            continue
        operations = {name: action for service in services for name, action in _operations(service).items()}
        called = set(re.findall(r"\.\s*(\w+)\(\)", code)) & set(operations)
        unknown = set(re.findall(r"\bclient\s*\.\s*(\w+)\(\)", code)) - set(operations) - NO_REQUEST
        names = {operations[name] for name in called} | unknown
        if names:
            found[str(file.relative_to(context.root))] = names
    silent = {module.name for module, services in works_with.items() if services} - {Path(file).parts[1] for file in found}
    if silent or not found:
        raise ValueError(f"no operation was found in {sorted(silent) or 'src'}: the pattern no longer fits the code")
    return found


def _module(context: Context, file: Path) -> Path:
    return context.root / "src" / file.relative_to(context.root / "src").parts[0]


def _is_test(file: Path) -> bool:
    return file.stem in ("tests", "testing") or "tests" in file.parts[-2:]


def _code(file: Path) -> str:
    return file.read_text().split("#[cfg(test)]\nmod tests")[0]


@cache
def _operations(service: str) -> dict[str, str]:
    """The operations of a service, as the SDK calls them, with their rights."""
    model = get_session().get_service_model(service)
    return {xform_name(name): f"{model.signing_name}:{name}" for name in model.operation_names}

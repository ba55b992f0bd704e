"""checkov over the configuration; what is skipped says why, beside the resource."""

import json
import re

from context import Context

SKIP = re.compile(r"checkov:skip=(\w+)(.*)")


def check(context: Context) -> tuple[str, list[str]]:
    command = [context.tool("checkov"), "--directory", str(context.module), "--framework", "terraform", "--output", "json", "--quiet", "--skip-download"]
    done = context.run(*command)
    try:
        report = json.loads(done.stdout)
        summary = report["summary"]
    except (ValueError, KeyError):
        return "no report", [done.stdout + done.stderr]
    faults = [
        f"{failed['check_id']} {failed['resource']} ({failed['file_path']}:{failed['file_line_range'][0]}): {failed['check_name']}"
        for failed in report["results"]["failed_checks"]
    ]
    faults += report["results"].get("parsing_errors", [])
    if summary["passed"] < 50:
        faults.append(f"only {summary['passed']} checks were made: checkov did not read the configuration")
    skips = 0
    for file in sorted(context.module.glob("*.tf")):
        for number, line in enumerate(file.read_text().splitlines(), 1):
            if found := SKIP.search(line):
                skips += 1
                if len(found.group(2)) < 20:
                    faults.append(f"{file.name}:{number}: the skip of {found.group(1)} does not say why")
    return f"{summary['passed']} checks pass, {summary['failed']} fail, {skips} are skipped with a reason", faults

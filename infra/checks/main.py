"""Runs the checks: a line for each with what it saw, the faults below it, exit code 1 if there is one."""

import sys
import time
import traceback
from pathlib import Path

import alarms
import formatting
import policies
import prove
import scanning
import scripts
import services
import terraform
import workflows
from context import Context

CHECKS = {
    "format": formatting.check,
    "terraform": terraform.check,
    "policies": policies.check,
    "alarms": alarms.check,
    "scripts": scripts.check,
    "services": services.check,
    "checkov": scanning.check,
    "workflows": workflows.check,
}


def main() -> int:
    tools, *arguments = sys.argv[1:]
    root = Path(__file__).resolve().parents[2]
    context = Context(root, Path(tools).resolve())
    if arguments == ["--prove"]:
        return prove.prove(context, CHECKS)
    chosen = arguments or list(CHECKS)
    if unknown := set(chosen) - set(CHECKS):
        print(f"no such check: {', '.join(sorted(unknown))}; there are {', '.join(CHECKS)}", file=sys.stderr)
        return 2
    return 1 if any([run(name, context) for name in chosen]) else 0


def run(name: str, context: Context) -> bool:
    """Whether there was a fault. A check that breaks has found nothing out, which is a fault too."""
    began = time.monotonic()
    try:
        seen, faults = CHECKS[name](context)
    except Exception:
        seen, faults = "the check broke", [traceback.format_exc()]
    print(f"{'FAIL' if faults else 'ok  '} {name}: {seen} ({time.monotonic() - began:.1f} s)")
    for fault in faults:
        print("     " + fault.replace("\n", "\n     "))
    return bool(faults)


if __name__ == "__main__":
    sys.exit(main())

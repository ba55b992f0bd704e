"""The systemd units as they arrive on the machine: systemd's own reading of them, and how exposed the service is."""

import re
import tempfile
from pathlib import Path

from context import Context
from scripts import PROXIES, boots, files

MOST_EXPOSED = 2.0
SERVICE = "/etc/systemd/system/monitorctl.service"
TIMER = "/etc/systemd/system/monitorctl.timer"


def check(context: Context) -> tuple[str, list[str]]:
    faults, exposures = [], []
    for name, script in boots(context).items():
        written = files(script)
        if SERVICE not in written:
            continue
        with tempfile.TemporaryDirectory() as folder:
            units = [Path(folder) / Path(path).name for path in (SERVICE, TIMER)]
            for unit, path in zip(units, (SERVICE, TIMER)):
                # `verify` wants the program to be there.
                unit.write_text(written[path].replace("/usr/local/bin/monitorctl", "/bin/true"))
            done = context.run("systemd-analyze", "verify", "--man=no", *map(str, units))
            if done.returncode != 0 or done.stderr.strip():
                faults.append(f"{name}: {done.stderr or done.stdout}")
            done = context.run("systemd-analyze", "security", "--offline=true", "--no-pager", str(units[0]))
        found = re.search(r"Overall exposure level for .*: ([0-9.]+)", done.stdout)
        if not found:
            faults.append(f"{name}: systemd-analyze gave no exposure: {done.stderr}")
            continue
        exposures.append(float(found.group(1)))
        if exposures[-1] > MOST_EXPOSED:
            faults.append(f"{name}: the exposure is {exposures[-1]}:\n" + "\n".join(line for line in done.stdout.splitlines() if "✗" in line))
        faults += [f"{name}: {fault}" for fault in _read(written[SERVICE], written[TIMER])]
    if not exposures:
        faults.append("no installation has a unit")
    return f"{len(exposures)} services verify; exposure {max(exposures, default=10)}, at most {MOST_EXPOSED}", faults


def _read(service: str, timer: str) -> list[str]:
    """What systemd does not judge: the times fit each other, and no proxy turns a probe aside."""
    faults = []
    setting = dict(line.split("=", 1) for line in service.splitlines() if "=" in line and not line.startswith("#"))
    deadline = int(re.search(r"--deadline (\d+)s", service).group(1))
    period = 60 * int(re.search(r"OnCalendar=\*:0/(\d+)\n", timer).group(1))
    timeout, stop = (int(setting[name].removesuffix("s")) for name in ("TimeoutStartSec", "TimeoutStopSec"))
    if timeout != deadline + 10 or timeout + stop > period:
        faults.append(f"a deadline of {deadline} s, {timeout} s to the end, {stop} s more to the kill, do not fit a period of {period} s")
    if missing := set(PROXIES) - set(setting["UnsetEnvironment"].split()):
        faults.append(f"these reach the program: {missing}")
    return faults

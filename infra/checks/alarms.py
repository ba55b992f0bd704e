"""The alarms about monitorctl: each watches the right metric, and its message reaches a topic."""

import re

from context import Context
from provider import ACCOUNT, REGION
from terraform import resources

OPERATORS = f"arn:aws:sns:{REGION}:{ACCOUNT}:monitorctl-operators"
# A metric of the summary line: its name, its unit, its value.
EMITTED = re.compile(r'\("(\w+)", "(?:Count|Seconds|Milliseconds)", json!')


def check(context: Context) -> tuple[str, list[str]]:
    faults, count = [], 0
    emitted = set(EMITTED.findall((context.root / "src" / "report" / "log.rs").read_text()))
    for name, plan in context.plans.items():
        planned = resources(plan)
        alarms = {
            address.removeprefix("aws_cloudwatch_metric_alarm."): values
            for address, values in planned.items()
            if address.startswith("aws_cloudwatch_metric_alarm.")
        }
        count += len(alarms)
        faults += [f"{name}: {fault}" for fault in [*_all(alarms), *_dead_man(alarms), *_watched(name, alarms), *_summary(name, alarms, emitted)]]
    return f"{count} alarms of {len(context.plans)} installations; {len(emitted)} metrics of the summary line", faults


def _all(alarms: dict) -> list[str]:
    """The topic takes alarms by the beginning of their names, and each alarm notifies that topic."""
    faults = []
    for alarm, values in alarms.items():
        if values["alarm_actions"] != [OPERATORS] or values["ok_actions"] != [OPERATORS]:
            faults.append(f"{alarm} notifies {values['alarm_actions']}, its end {values['ok_actions']}")
        if not values["alarm_name"].startswith("monitorctl-"):
            faults.append(f"{alarm} has the name {values['alarm_name']}, which the policy of the topic refuses")
    names = [values["alarm_name"] for values in alarms.values()]
    return [*faults, "two alarms have one name"] if len(set(names)) != len(names) else faults


def _dead_man(alarms: dict) -> list[str]:
    """Only a run that did its work writes the history table; the lease in the state table is taken before that."""
    values = alarms["dead_man"]
    metrics = [query["metric"][0] for query in values["metric_query"] if query["metric"]]
    watched = [(metric["metric_name"], metric["dimensions"]) for metric in metrics]
    faults = []
    if watched != [("ConsumedWriteCapacityUnits", {"TableName": "api_health_history"})]:
        faults.append(f"the dead-man alarm watches {watched}")
    if values["treat_missing_data"] != "breaching":
        faults.append("the dead-man alarm takes silence for a good sign")
    if values["evaluation_periods"] != values["datapoints_to_alarm"]:
        faults.append("the dead-man alarm rings although there were writes")
    return faults


def _watched(name: str, alarms: dict) -> list[str]:
    """What AWS refuses: deliveries of each topic of this region, requests to each table."""
    found = {
        (values["metric_name"], *values["dimensions"].values())
        for values in alarms.values()
        if values["namespace"] in ("AWS/SNS", "AWS/DynamoDB")
    }
    topics = ["monitorctl-alerts", "monitorctl-operators", *(["payments"] if name == "largest" else [])]
    tables = [f"api_health_{table}" for table in ("configs", "states", "history")]
    wanted = {("NumberOfNotificationsFailed", topic) for topic in topics}
    wanted |= {(f"{way}ThrottleEvents", table) for way in ("Read", "Write") for table in tables}
    return [] if found == wanted else [f"alarms on AWS differ in {sorted(found ^ wanted)}"]


def _summary(name: str, alarms: dict, emitted: set[str]) -> list[str]:
    """With logs on, what the summary line says: each metric is one that the program writes, under the dimensions that it has."""
    summary = [values for values in alarms.values() if values["namespace"] == "monitorctl"]
    metrics = {values["metric_name"] for values in summary}
    faults = [] if metrics == ({"Failed", "PendingAge"} if name in ("largest", "hidden") else set()) else [f"alarms on the log watch {metrics}"]
    if missing := metrics - emitted:
        faults.append(f"src/report/log.rs does not write {', '.join(sorted(missing))}")
    if any(values["dimensions"] != {"environment": "prod"} for values in summary):
        faults.append("an alarm on the log has other dimensions than the log")
    return faults

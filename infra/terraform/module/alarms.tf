# CloudWatch watches monitorctl itself, without code of monitorctl.

locals {
  # Ten minutes, and never less than three runs.
  silence_minutes = max(10, 3 * var.period_minutes)
}

# The dead-man alarm --------------------------------------------------------------------------------------------

# Only a completed run writes the history table: its page of results, or a heartbeat if it has no page. The state table
# would not do: a run takes its lease there before anything can fail, so a machine whose runs all fail would keep the
# alarm quiet. The runbook in README.md finds the reason.
resource "aws_cloudwatch_metric_alarm" "dead_man" {
  alarm_name        = "${var.name}-dead-man"
  alarm_description = "No monitorctl check has completed for ${local.silence_minutes} minutes: nothing is being monitored. See README.md of infra/terraform, section 'The dead-man alarm'."

  # DynamoDB reports no value for a minute without a request. FILL turns it into a zero. Without FILL, CloudWatch would
  # look at older minutes and the alarm would come late. After a long silence FILL has no value either, and the missing
  # data is the finding.
  metric_query {
    id          = "filled"
    expression  = "FILL(writes, 0)"
    label       = "write units of the history table"
    return_data = true
  }

  metric_query {
    id = "writes"

    metric {
      namespace   = "AWS/DynamoDB"
      metric_name = "ConsumedWriteCapacityUnits"
      dimensions  = { TableName = aws_dynamodb_table.history.name }
      stat        = "Sum"
      period      = 60
    }
  }

  evaluation_periods  = local.silence_minutes
  datapoints_to_alarm = local.silence_minutes
  comparison_operator = "LessThanThreshold"
  threshold           = 1
  treat_missing_data  = "breaching"

  alarm_actions = [aws_sns_topic.operators.arn]
  ok_actions    = [aws_sns_topic.operators.arn]
}

# With two machines the dead-man alarm stays quiet while one of them lives, so each has an alarm of its own too.
resource "aws_cloudwatch_metric_alarm" "machine" {
  count = var.instance_count

  alarm_name        = "${var.name}-machine-${count.index + 1}"
  alarm_description = "Machine ${count.index + 1} of monitorctl fails the status checks of EC2, or is stopped."

  namespace   = "AWS/EC2"
  metric_name = "StatusCheckFailed"
  dimensions  = { InstanceId = aws_instance.machine[count.index].id }
  statistic   = "Maximum"

  period              = 60
  evaluation_periods  = local.silence_minutes
  datapoints_to_alarm = local.silence_minutes
  comparison_operator = "GreaterThanOrEqualToThreshold"
  threshold           = 1
  treat_missing_data  = "breaching"

  alarm_actions = [aws_sns_topic.operators.arn]
  ok_actions    = [aws_sns_topic.operators.arn]
}

# Refusals of AWS -----------------------------------------------------------------------------------------------

locals {
  # A topic of another region has its metrics there, and one of another account shows them to its owner alone.
  local_topics = [for arn in var.topic_arns : split(":", arn)[5] if startswith(arn, "arn:${local.partition}:sns:${local.region}:${local.account}:")]

  # The operators' topic too: its own failure reaches its subscribers over other protocols.
  watched_topics = merge(
    { alerts = aws_sns_topic.alerts.name, operators = aws_sns_topic.operators.name },
    { for topic in local.local_topics : topic => topic },
  )

  watched_tables = {
    configs = aws_dynamodb_table.configs.name
    states  = aws_dynamodb_table.states.name
    history = aws_dynamodb_table.history.name
  }
}

# A topic accepts an alert and cannot deliver it: a queue was deleted, a policy or a key refuses, an endpoint is gone.
# monitorctl cannot see this, because SNS has accepted the message.
resource "aws_cloudwatch_metric_alarm" "undelivered" {
  for_each = local.watched_topics

  alarm_name        = "${var.name}-undelivered-${each.key}"
  alarm_description = "SNS could not deliver a message of the topic ${each.value} to one of its subscribers. Check the subscriptions of the topic, and the policies and keys of their targets."

  namespace   = "AWS/SNS"
  metric_name = "NumberOfNotificationsFailed"
  dimensions  = { TopicName = each.value }
  statistic   = "Sum"

  period              = 300
  evaluation_periods  = 1
  datapoints_to_alarm = 1
  comparison_operator = "GreaterThanOrEqualToThreshold"
  threshold           = 1
  # No message was published.
  treat_missing_data = "notBreaching"

  alarm_actions = [aws_sns_topic.operators.arn]
  ok_actions    = [aws_sns_topic.operators.arn]
}

# The SDK repeats one throttled request, which costs a moment. Throttling in three of five minutes delays runs. Reads and
# writes have separate alarms: an expression over both has no value while one of them was never reported.
resource "aws_cloudwatch_metric_alarm" "throttled" {
  for_each = {
    for pair in setproduct(["Read", "Write"], keys(local.watched_tables)) :
    "${lower(pair[0])}s-${pair[1]}" => { metric = "${pair[0]}ThrottleEvents", table = local.watched_tables[pair[1]] }
  }

  alarm_name        = "${var.name}-throttled-${each.key}"
  alarm_description = "DynamoDB throttles requests to the table ${each.value.table} (${each.value.metric}). Check the table's limits of on-demand throughput, and the quotas of the account."

  namespace   = "AWS/DynamoDB"
  metric_name = each.value.metric
  dimensions  = { TableName = each.value.table }
  statistic   = "Sum"

  period              = 60
  evaluation_periods  = 5
  datapoints_to_alarm = 3
  comparison_operator = "GreaterThanOrEqualToThreshold"
  threshold           = 1
  # DynamoDB reports these only when there are any.
  treat_missing_data = "notBreaching"

  alarm_actions = [aws_sns_topic.operators.arn]
  ok_actions    = [aws_sns_topic.operators.arn]
}

# Metrics of the runs -------------------------------------------------------------------------------------------

# The last line of each run's log has metrics in CloudWatch's embedded format, which CloudWatch Logs extracts.
locals {
  summary_alarms = {
    failed = {
      metric      = "Failed"
      threshold   = 1
      description = "Two of the last three runs of monitorctl check could not do their work. The log says why: /${var.name}/check."
    }
    pending = {
      metric      = "PendingAge"
      threshold   = 60 * local.silence_minutes
      description = "An alert has been pending for ${local.silence_minutes} minutes: its topic does not accept it. Every run tries again. The log says why: /${var.name}/check."
    }
  }
}

resource "aws_cloudwatch_metric_alarm" "summary" {
  for_each = var.cloudwatch_logs ? local.summary_alarms : {}

  alarm_name        = "${var.name}-${each.key}"
  alarm_description = each.value.description

  namespace   = "monitorctl"
  metric_name = each.value.metric
  dimensions  = { environment = var.environment }
  # With two machines, the one with the lease reports the result; the other one adds zeros.
  statistic = "Maximum"

  period              = local.period_seconds
  evaluation_periods  = 3
  datapoints_to_alarm = 2
  comparison_operator = "GreaterThanOrEqualToThreshold"
  threshold           = each.value.threshold
  # The dead-man alarm notices a missing line.
  treat_missing_data = "notBreaching"

  alarm_actions = [aws_sns_topic.operators.arn]
  ok_actions    = [aws_sns_topic.operators.arn]
}

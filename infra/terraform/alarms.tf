# Who watches the watcher: CloudWatch, with no code of ours.

locals {
  # Ten minutes, and never less than three runs.
  silence_minutes = max(10, 3 * var.period_minutes)
}

# Every run writes its run item, also one that finds nothing due. So a state table without a write means that no
# run has begun anywhere: the box is gone, cron does not fire, the credentials are refused, the table is full of
# throttles. Which of them it is, the runbook in README.md finds out.
resource "aws_cloudwatch_metric_alarm" "dead_man" {
  alarm_name        = "${var.name}-dead-man"
  alarm_description = "No monitorctl check has written its run item for ${local.silence_minutes} minutes: nothing is being monitored. See README.md of infra/terraform, section 'The dead-man alarm'."

  # DynamoDB reports nothing at all for a minute without a request. FILL makes a zero of it, or else older minutes
  # would be looked at in its place and the alarm would come late; when nothing was reported for long, FILL has
  # nothing to go on either, and what is missing is the finding.
  metric_query {
    id          = "filled"
    expression  = "FILL(writes, 0)"
    label       = "write units of the state table"
    return_data = true
  }

  metric_query {
    id = "writes"

    metric {
      namespace   = "AWS/DynamoDB"
      metric_name = "ConsumedWriteCapacityUnits"
      dimensions  = { TableName = aws_dynamodb_table.states.name }
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

# With two boxes the dead-man alarm stays quiet while one of them lives, so each is watched by itself too.
resource "aws_cloudwatch_metric_alarm" "box" {
  count = var.instance_count

  alarm_name        = "${var.name}-box-${count.index + 1}"
  alarm_description = "Box ${count.index + 1} of monitorctl fails the status checks of EC2, or is stopped."

  namespace   = "AWS/EC2"
  metric_name = "StatusCheckFailed"
  dimensions  = { InstanceId = aws_instance.box[count.index].id }
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

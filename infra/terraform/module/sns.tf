# Two topics, and neither can speak for the other: the machine publishes only alerts, and only CloudWatch publishes
# alarms about the machine.
#
# Each topic has a policy of its own, because the default policy of AWS lets every principal of the account publish,
# `sync` included. An e-mail subscription starts after its owner has followed the link that AWS sends.

# Alerts of monitors.
resource "aws_sns_topic" "alerts" {
  name              = "${var.name}-alerts"
  kms_master_key_id = "alias/aws/sns"
}

resource "aws_sns_topic_policy" "alerts" {
  arn = aws_sns_topic.alerts.arn

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid    = "TheMachinePublishes"
        Effect = "Allow"
        # The account with a condition, not the role: if the named role were made anew, the policy would still refer to
        # the old one.
        Principal = { AWS = "arn:${local.partition}:iam::${local.account}:root" }
        Action    = "sns:Publish"
        Resource  = aws_sns_topic.alerts.arn
        Condition = { ArnEquals = { "aws:PrincipalArn" = aws_iam_role.check.arn } }
      },
      {
        Sid       = "OnlyOverTls"
        Effect    = "Deny"
        Principal = "*"
        Action    = "sns:Publish"
        Resource  = aws_sns_topic.alerts.arn
        Condition = { Bool = { "aws:SecureTransport" = "false" } }
      },
    ]
  })
}

resource "aws_sns_topic_subscription" "alerts" {
  for_each = toset(var.alert_emails)

  topic_arn = aws_sns_topic.alerts.arn
  protocol  = "email"
  endpoint  = each.value
}

locals {
  # What SNS takes as an endpoint, by protocol. Plain http is not among them, because an alert names internal hosts.
  endpoints = {
    email       = "^[^@[:space:]]+@[^@[:space:]]+$"
    email-json  = "^[^@[:space:]]+@[^@[:space:]]+$"
    sms         = "^[+][1-9][0-9]{6,14}$"
    https       = "^https://[^[:space:]]+$"
    sqs         = "^arn:[A-Za-z0-9-]+:sqs:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]+$"
    lambda      = "^arn:[A-Za-z0-9-]+:lambda:[a-z0-9-]+:[0-9]{12}:function:[A-Za-z0-9_:$-]+$"
    application = "^arn:[A-Za-z0-9-]+:sns:[a-z0-9-]+:[0-9]{12}:endpoint/[A-Za-z0-9_./-]+$"
  }
}

# A subscription needs no right to publish, so the policy of the topic stays as it is.
resource "aws_sns_topic_subscription" "more" {
  for_each = { for one in var.subscriptions : "${one.protocol} ${one.endpoint}" => one }

  topic_arn            = aws_sns_topic.alerts.arn
  protocol             = each.value.protocol
  endpoint             = each.value.endpoint
  filter_policy        = length(each.value.filter) > 0 ? jsonencode(each.value.filter) : null
  raw_message_delivery = each.value.raw ? true : null
}

# Alarms about monitorctl itself: see alarms.tf.
resource "aws_sns_topic" "operators" {
  # checkov:skip=CKV_AWS_26: CloudWatch cannot publish to a topic under the key that AWS manages, and the message holds nothing but the name of an alarm
  name = "${var.name}-operators"
}

resource "aws_sns_topic_policy" "operators" {
  arn = aws_sns_topic.operators.arn

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "OurAlarmsPublish"
        Effect    = "Allow"
        Principal = { Service = "cloudwatch.amazonaws.com" }
        Action    = "sns:Publish"
        Resource  = aws_sns_topic.operators.arn
        # Without these conditions, an alarm of any account could publish here through the same service.
        Condition = {
          StringEquals = { "aws:SourceAccount" = local.account }
          ArnLike      = { "aws:SourceArn" = "arn:${local.partition}:cloudwatch:${local.region}:${local.account}:alarm:${var.name}-*" }
        }
      },
    ]
  })
}

resource "aws_sns_topic_subscription" "operators" {
  for_each = toset(length(var.operator_emails) > 0 ? var.operator_emails : var.alert_emails)

  topic_arn = aws_sns_topic.operators.arn
  protocol  = "email"
  endpoint  = each.value
}

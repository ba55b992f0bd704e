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

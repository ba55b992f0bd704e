output "public_ips" {
  description = "Addresses that probes come from, one a box; those who are probed may want to allow them."
  value       = var.static_ip ? aws_eip.box[*].public_ip : (var.public_ip ? aws_instance.box[*].public_ip : [])
}

output "public_ip" {
  description = "The first of them."
  value       = var.static_ip ? aws_eip.box[0].public_ip : (var.public_ip ? aws_instance.box[0].public_ip : null)
}

output "tables" {
  description = "Names of the tables."
  value = {
    configs = aws_dynamodb_table.configs.name
    states  = aws_dynamodb_table.states.name
    history = aws_dynamodb_table.history.name
  }
}

output "topic_arn" {
  description = "The topic of the alerts (`SNS_TOPIC_ARN`); subscribe more than mail here."
  value       = aws_sns_topic.alerts.arn
}

output "operators_topic_arn" {
  description = "The topic that says that monitorctl itself is dead."
  value       = aws_sns_topic.operators.arn
}

output "role_arns" {
  description = "Roles: `check` of the box; `diff` and `sync` of GitHub's workflows, if `github` is set."
  value = merge(
    { check = aws_iam_role.check.arn },
    { for command, role in aws_iam_role.github : command => role.arn },
  )
}

output "policy_arns" {
  description = "The policies, for roles of yours."
  value = {
    check = aws_iam_policy.check.arn
    diff  = aws_iam_policy.diff.arn
    sync  = aws_iam_policy.sync.arn
  }
}

output "environment" {
  description = "What a terminal needs to work on these tables: `eval \"$(terraform output -raw environment)\"`."
  value = join("\n", [
    for name in ["AWS_REGION", "APP_ENVIRONMENT", "DDB_CONFIG_TABLE", "DDB_STATE_TABLE", "DDB_HISTORY_TABLE", "SNS_TOPIC_ARN"] :
    "export ${name}='${local.environment[name]}'"
  ])
}

output "shell" {
  description = "Opens a shell on each box."
  value = [
    for box in aws_instance.box : "aws ssm start-session --region ${local.region} --target ${box.id}"
    if var.session_manager
  ]
}

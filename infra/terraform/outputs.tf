output "public_ips" {
  description = "Addresses that probes come from, one a box; those who are probed may want to allow them."
  value       = module.monitorctl.public_ips
}

output "public_ip" {
  description = "The first of them."
  value       = module.monitorctl.public_ip
}

output "tables" {
  description = "Names of the tables."
  value       = module.monitorctl.tables
}

output "topic_arn" {
  description = "The topic of the alerts (`SNS_TOPIC_ARN`); subscribe more than mail here."
  value       = module.monitorctl.topic_arn
}

output "operators_topic_arn" {
  description = "The topic that says that monitorctl itself is dead."
  value       = module.monitorctl.operators_topic_arn
}

output "role_arns" {
  description = "Roles: `check` of the box; `diff` and `sync` of GitHub's workflows, if `github` is set."
  value       = module.monitorctl.role_arns
}

output "policy_arns" {
  description = "The policies, for roles of yours."
  value       = module.monitorctl.policy_arns
}

output "environment" {
  description = "What a terminal needs to work on these tables: `eval \"$(terraform output -raw environment)\"`."
  value       = module.monitorctl.environment
}

output "shell" {
  description = "Opens a shell on each box."
  value       = module.monitorctl.shell
}

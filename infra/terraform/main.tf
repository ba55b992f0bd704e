# An installation in one region of one account: the module and its provider. If you have a Terraform configuration already,
# call the module from there (README.md, "Call the module from your configuration").

terraform {
  required_version = ">= 1.9"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 6.0"
    }
  }

  # The state names the tables, the topic and the roles. It has no secret. Keep it in a bucket of yours anyway, so a
  # second person can apply: https://developer.hashicorp.com/terraform/language/backend/s3
  # backend "s3" {}
}

provider "aws" {
  region = var.region

  default_tags {
    tags = merge({ application = "monitorctl", environment = coalesce(var.environment, "prod") }, var.tags)
  }
}

module "monitorctl" {
  source = "./module"

  environment         = var.environment
  name                = var.name
  alert_emails        = var.alert_emails
  operator_emails     = var.operator_emails
  subscriptions       = var.subscriptions
  binary              = var.binary
  config_table        = var.config_table
  state_table         = var.state_table
  history_table       = var.history_table
  deletion_protection = var.deletion_protection
  instance_count      = var.instance_count
  architecture        = var.architecture
  instance_type       = var.instance_type
  subnet_ids          = var.subnet_ids
  public_ip           = var.public_ip
  static_ip           = var.static_ip
  session_manager     = var.session_manager
  ssh_cidrs           = var.ssh_cidrs
  ssh_key_name        = var.ssh_key_name
  scheduler           = var.scheduler
  period_minutes      = var.period_minutes
  allow_cidrs         = var.allow_cidrs
  dns_cidrs           = var.dns_cidrs
  proxies             = var.proxies
  probe_roles         = var.probe_roles
  file_folders        = var.file_folders
  secret_variables    = var.secret_variables
  secret_parameters   = var.secret_parameters
  topic_arns          = var.topic_arns
  topic_kms_key_arns  = var.topic_kms_key_arns
  secret_ids          = var.secret_ids
  secret_kms_key_arns = var.secret_kms_key_arns
  cloudwatch_logs     = var.cloudwatch_logs
  log_retention_days  = var.log_retention_days
  github              = var.github
  status_page         = var.status_page
}

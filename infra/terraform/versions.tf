terraform {
  # 1.9 lets the validation of one variable look at another one.
  required_version = ">= 1.9"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 6.0"
    }
  }

  # The state names the tables, the topic and the roles, no secret. Keep it in a bucket of yours all the same,
  # so that a second person can apply: https://developer.hashicorp.com/terraform/language/backend/s3
  # backend "s3" {}
}

provider "aws" {
  region = var.region

  default_tags {
    tags = merge({ application = "monitorctl", environment = var.environment }, var.tags)
  }
}

data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

locals {
  account   = data.aws_caller_identity.current.account_id
  partition = data.aws_partition.current.partition
}

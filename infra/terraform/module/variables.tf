# What every installation decides. An argument that is null counts as absent: its default applies. So a caller can pass
# variables of its own on, without a second copy of the defaults.

variable "environment" {
  description = "Name of the environment, shown in the subject of every alert: `[prod] DOWN payments-api`."
  type        = string
  default     = "prod"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9-]{0,31}$", var.environment))
    error_message = "The environment is 1 to 32 characters of a-z, 0-9 and -, and begins with a letter or digit."
  }
}

variable "name" {
  description = "Prefix of the names of everything except the tables. A second installation in one account needs another one."
  type        = string
  default     = "monitorctl"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,23}$", var.name))
    error_message = "The name is 1 to 24 characters of a-z, 0-9 and -, and begins with a letter."
  }
}

variable "alert_emails" {
  description = "Addresses that get the alerts. Each one gets a mail from AWS and must follow the link in it once."
  type        = list(string)

  validation {
    condition     = alltrue([for address in var.alert_emails : can(regex("^[^@[:space:]]+@[^@[:space:]]+$", address))])
    error_message = "Each of alert_emails is one address, such as oncall@example.com."
  }
}

variable "operator_emails" {
  description = "Addresses that hear when monitorctl itself is dead. Empty: those of alert_emails."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for address in var.operator_emails : can(regex("^[^@[:space:]]+@[^@[:space:]]+$", address))])
    error_message = "Each of operator_emails is one address, such as platform@example.com."
  }
}

variable "binary" {
  description = <<-EOT
    Where the box gets monitorctl from, by architecture (`arm64`, `x86_64`): `url` is `https://…` or
    `s3://bucket/key` and names the program itself, not an archive; `sha256` is its checksum. A file that does not
    have this checksum is not installed. With `s3://` the box may read exactly this object.
  EOT
  type        = map(object({ url = string, sha256 = string }))

  validation {
    condition     = contains(keys(var.binary), var.architecture)
    error_message = "There is no binary for the architecture that was chosen."
  }

  validation {
    # The URL becomes a line of the box's start script, so it may not hold a character that a shell knows.
    condition = alltrue([
      for binary in values(var.binary) : can(regex("^(https|s3)://[A-Za-z0-9._~:/?&=%@+,-]+$", binary.url))
    ])
    error_message = "A binary's url begins with https:// or s3:// and has no blanks, quotes or other characters that a shell reads."
  }

  validation {
    condition     = alltrue([for binary in values(var.binary) : can(regex("^[0-9a-f]{64}$", binary.sha256))])
    error_message = "A binary's sha256 is 64 digits of 0-9 and a-f, as `sha256sum` prints them."
  }

  validation {
    condition     = alltrue([for binary in values(var.binary) : length(distinct(split("", binary.sha256))) != 1])
    error_message = "This sha256 is a placeholder, such as the zeros of terraform.tfvars.example. Take the checksum from the .sha256 file of the release."
  }
}

# The tables.

variable "config_table" {
  description = "Name of the table of monitors (`DDB_CONFIG_TABLE`)."
  type        = string
  default     = "api_health_configs"
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9_.-]{3,255}$", var.config_table))
    error_message = "A table's name is 3 to 255 characters of a-z, A-Z, 0-9, _, - and dot."
  }
}

variable "state_table" {
  description = "Name of the table of health and of the lease (`DDB_STATE_TABLE`)."
  type        = string
  default     = "api_health_states"
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9_.-]{3,255}$", var.state_table))
    error_message = "A table's name is 3 to 255 characters of a-z, A-Z, 0-9, _, - and dot."
  }
}

variable "history_table" {
  description = "Name of the table of results and incidents (`DDB_HISTORY_TABLE`)."
  type        = string
  default     = "api_health_history"
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9_.-]{3,255}$", var.history_table))
    error_message = "A table's name is 3 to 255 characters of a-z, A-Z, 0-9, _, - and dot."
  }
}

variable "deletion_protection" {
  description = "Refuse to delete the tables. `terraform destroy` needs an apply with `false` first."
  type        = bool
  default     = true
  nullable    = false
}

# The box.

variable "instance_count" {
  description = "Boxes that run `check`: 1, or 2 in two zones. Two never alert twice: the lease in the state table lets one of them work at a time."
  type        = number
  default     = 1
  nullable    = false

  validation {
    condition     = contains([1, 2], var.instance_count)
    error_message = "There are 1 or 2 boxes; a third one would wait for the same lease."
  }
}

variable "architecture" {
  description = "Processor of the box: `arm64` or `x86_64`."
  type        = string
  default     = "arm64"
  nullable    = false

  validation {
    condition     = contains(["arm64", "x86_64"], var.architecture)
    error_message = "The architecture is arm64 or x86_64."
  }
}

variable "instance_type" {
  description = "Instance type, which must have the architecture. Null: t4g.micro for arm64, t3.micro for x86_64; a nano has too little memory for dnf."
  type        = string
  default     = null
}

variable "subnet_ids" {
  description = "Subnets of the boxes, one each, in different zones. Empty: subnets of the region's default VPC."
  type        = list(string)
  default     = []
  nullable    = false
}

variable "public_ip" {
  description = "Give each box a public address. `false` needs subnets with a NAT gateway, or the box reaches nothing."
  type        = bool
  default     = true
  nullable    = false
}

variable "static_ip" {
  description = "Make that address an Elastic IP, which survives a new box, so that those who are probed can allow it."
  type        = bool
  default     = false
  nullable    = false

  validation {
    condition     = !var.static_ip || var.public_ip
    error_message = "A static_ip is a public one: set public_ip too."
  }
}

variable "session_manager" {
  description = "Let people open a shell through SSM Session Manager, which needs no open port and no key."
  type        = bool
  default     = true
  nullable    = false
}

variable "ssh_cidrs" {
  description = "Networks that may reach port 22. Empty, as it should be: no inbound rule at all."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for cidr in var.ssh_cidrs : can(cidrnetmask(cidr)) && !endswith(cidr, "/0")])
    error_message = "Each of ssh_cidrs is an IPv4 network such as 198.51.100.7/32, and never the whole internet."
  }
}

variable "ssh_key_name" {
  description = "Name of the EC2 key pair for SSH."
  type        = string
  default     = null

  validation {
    condition     = length(var.ssh_cidrs) == 0 || var.ssh_key_name != null
    error_message = "ssh_cidrs opens the port, but without ssh_key_name nobody can log in."
  }
}

# The runs.

variable "scheduler" {
  description = "What starts `check`: `cron`, or `systemd` for a timer whose service is locked in."
  type        = string
  default     = "cron"
  nullable    = false

  validation {
    condition     = contains(["cron", "systemd"], var.scheduler)
    error_message = "The scheduler is cron or systemd."
  }
}

variable "period_minutes" {
  description = "Minutes from one run to the next, a divisor of 60."
  type        = number
  default     = 2
  nullable    = false

  validation {
    condition     = contains([1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30], var.period_minutes)
    error_message = "The period is 1, 2, 3, 4, 5, 6, 10, 12, 15, 20 or 30 minutes: the last run of an hour and the first of the next are one period apart."
  }
}

variable "allow_cidrs" {
  description = "Networks that may be probed although they are not public (`MONITORCTL_ALLOW`). Who may change a monitor file cannot change this."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for cidr in var.allow_cidrs : can(cidrhost(cidr, 0))])
    error_message = "Each of allow_cidrs is a network such as 10.20.0.0/16."
  }
}

variable "dns_cidrs" {
  description = "Networks of name servers that the box may ask, over UDP and TCP 53. The VPC's own server needs no entry: no security group filters it."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for cidr in var.dns_cidrs : can(cidrhost(cidr, 0))])
    error_message = "Each of dns_cidrs is a network such as 10.20.0.53/32."
  }
}

# Secrets of monitors.

variable "secret_variables" {
  description = "Names of the variables that monitors may refer to as `$${env:NAME}` (`MONITORCTL_SECRETS`); `*` stands for a part of a name. Values are put on the box by hand, never here."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for name in var.secret_variables : can(regex("^[A-Za-z_][A-Za-z0-9_*]*$", name))])
    error_message = "Each of secret_variables is the name of a variable such as PAYMENTS_TOKEN, or its beginning and a star."
  }
}

variable "secret_parameters" {
  description = "Names of the SSM parameters that monitors refer to as `$${ssm:/prod/payments/token}`."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for name in var.secret_parameters : can(regex("^/?[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)*$", name))])
    error_message = "Each of secret_parameters is the full name of one parameter; a wildcard is not taken."
  }
}

variable "topic_arns" {
  description = "Topics beside the one made here that monitors name, in `topics:` of monitorctl.yaml or by ARN. One in another account needs a policy of its own that lets the box publish."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition = alltrue([
      for arn in var.topic_arns : can(regex("^arn:[A-Za-z0-9-]+:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]+([.]fifo)?$", arn))
    ])
    error_message = "Each of topic_arns is the ARN of one topic; a wildcard is not taken."
  }
}

variable "topic_kms_key_arns" {
  description = "Customer managed keys that these topics are encrypted with. The key that AWS manages needs no entry."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for arn in var.topic_kms_key_arns : can(regex("^arn:[A-Za-z0-9-]+:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$", arn))])
    error_message = "Each of topic_kms_key_arns is the ARN of a key, not of an alias."
  }
}

variable "secret_ids" {
  description = "Names or ARNs of the Secrets Manager secrets that monitors refer to as `$${secretsmanager:payments#token}`."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition = alltrue([
      for id in var.secret_ids : can(regex("^(arn:[A-Za-z0-9-]+:secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:)?[A-Za-z0-9/_+=.@-]+$", id))
    ])
    error_message = "Each of secret_ids is the full name or the ARN of one secret; a wildcard is not taken."
  }
}

variable "secret_kms_key_arns" {
  description = "Customer managed keys that these parameters and secrets are encrypted with. Those of AWS need no entry."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for arn in var.secret_kms_key_arns : can(regex("^arn:[A-Za-z0-9-]+:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$", arn))])
    error_message = "Each of secret_kms_key_arns is the ARN of a key, not of an alias."
  }
}

# Logs.

variable "cloudwatch_logs" {
  description = "Send the JSON log to CloudWatch Logs, which makes metrics of the summary line of each run."
  type        = bool
  default     = false
  nullable    = false
}

variable "log_retention_days" {
  description = "Days that CloudWatch Logs keeps the log."
  type        = number
  default     = 30
  nullable    = false
}

# GitHub.

variable "github" {
  description = <<-EOT
    The repository of the monitor files, for roles that its workflows take without a stored key: `diff` in pull
    requests, `sync` on `branch`, or in `environment` if that is set (recommended: GitHub's rules for the environment
    then guard the role). `owner_id` and `repository_id` are the numbers that GitHub knows both by:
    `gh api repos/OWNER/NAME --jq '.owner.id, .id'`. Newer repositories carry them in their tokens.
    `create_provider = false` if the account has GitHub's identity provider already.
    Null: no roles; give `policy_arns` to roles of yours.
  EOT
  type = object({
    repository      = string
    owner_id        = string
    repository_id   = string
    branch          = optional(string, "main")
    environment     = optional(string)
    create_provider = optional(bool, true)
  })
  default = null

  validation {
    # A wildcard in any of these would let a stranger's repository or branch take the role.
    condition = var.github == null ? true : alltrue([
      can(regex("^[A-Za-z0-9-]+/[A-Za-z0-9._-]+$", var.github.repository)),
      can(regex("^[A-Za-z0-9._/-]+$", var.github.branch)),
      var.github.environment == null ? true : can(regex("^[A-Za-z0-9._-]+$", var.github.environment)),
    ])
    error_message = "github.repository is owner/name; repository, branch and environment hold no wildcard, colon or blank."
  }

  validation {
    condition = var.github == null ? true : alltrue([
      for id in [var.github.owner_id, var.github.repository_id] : can(regex("^[1-9][0-9]{0,19}$", id))
    ])
    error_message = "github.owner_id and github.repository_id are the numbers that `gh api repos/OWNER/NAME --jq '.owner.id, .id'` prints."
  }
}

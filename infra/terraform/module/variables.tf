# The variables of an installation. A null argument counts as absent, and its default applies. So a caller can pass on
# variables of its own without a second copy of the defaults.

variable "environment" {
  description = "Name of the environment, shown in the subject of every alert: `CRITICAL DOWN payments-api (prod): …`."
  type        = string
  default     = "prod"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9-]{0,31}$", var.environment))
    error_message = "The environment is 1 to 32 characters of a-z, 0-9 and -, and begins with a letter or digit."
  }
}

variable "name" {
  description = "Prefix of all names except those of the tables. A second installation in one account needs another prefix."
  type        = string
  default     = "monitorctl"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,23}$", var.name))
    error_message = "The name is 1 to 24 characters of a-z, 0-9 and -, and begins with a letter."
  }
}

variable "alert_emails" {
  description = "Mail addresses for alerts. AWS sends a mail to each, and its owner must follow the link once."
  type        = list(string)

  validation {
    condition     = alltrue([for address in var.alert_emails : can(regex("^[^@[:space:]]+@[^@[:space:]]+$", address))])
    error_message = "Each of alert_emails is one address, such as oncall@example.com."
  }
}

variable "operator_emails" {
  description = "Mail addresses for alarms about monitorctl itself. Empty: those of alert_emails."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for address in var.operator_emails : can(regex("^[^@[:space:]]+@[^@[:space:]]+$", address))])
    error_message = "Each of operator_emails is one address, such as platform@example.com."
  }

  validation {
    condition     = length(var.operator_emails) + length(var.alert_emails) > 0
    error_message = "Without alert_emails, no one would hear that monitorctl itself failed: set operator_emails."
  }
}

variable "subscriptions" {
  description = <<-EOT
    Further subscriptions of the topic of alerts. `endpoint` is what SNS expects for the `protocol`: an address
    (`email`, `email-json`), a number such as `+491701234567` (`sms`), a URL (`https`), or the ARN of a queue (`sqs`), a
    function (`lambda`) or a mobile app (`application`). `filter` has the accepted values of message attributes, such as
    `{ severity = ["critical"] }`. `raw = true` omits the envelope of SNS, for `https` and `sqs`. The owner of an address
    or URL must confirm the subscription. A queue or function needs a policy that lets the topic in.
  EOT
  type = list(object({
    protocol = string
    endpoint = string
    filter   = optional(map(list(string)), {})
    raw      = optional(bool, false)
  }))
  default  = []
  nullable = false

  validation {
    condition     = alltrue([for one in var.subscriptions : contains(keys(local.endpoints), one.protocol)])
    error_message = "The protocol of a subscription is email, email-json, sms, https, sqs, lambda or application. For firehose, which needs a role, subscribe a resource of your own to the output topic_arn."
  }

  validation {
    condition     = alltrue([for one in var.subscriptions : can(regex(lookup(local.endpoints, one.protocol, ""), one.endpoint))])
    error_message = "The endpoint of a subscription does not fit its protocol: email takes an address, sms a number such as +491701234567, https a URL, and sqs, lambda and application an ARN."
  }

  validation {
    condition     = alltrue([for one in var.subscriptions : length(setsubtract(keys(one.filter), ["environment", "severity", "team", "group", "health"])) == 0])
    error_message = "The filter of a subscription takes environment, severity, team, group and health."
  }

  validation {
    condition     = alltrue([for one in var.subscriptions : !one.raw || contains(["https", "sqs"], one.protocol)])
    error_message = "Only subscriptions of https and sqs can be raw."
  }

  validation {
    condition = length(distinct([
      for one in concat(var.subscriptions, [for address in var.alert_emails : { protocol = "email", endpoint = address }]) :
      "${one.protocol} ${one.endpoint}"
    ])) == length(var.subscriptions) + length(var.alert_emails)
    error_message = "A subscription is there twice, or its address is in alert_emails too. SNS has one for each protocol and endpoint."
  }
}

variable "binary" {
  description = <<-EOT
    The source of monitorctl, by architecture (`arm64`, `x86_64`). `url` is `https://…` or `s3://bucket/key` and names
    the program itself, not an archive. `sha256` is its checksum; the machine does not install a file with another
    checksum. With `s3://`, the machine may read exactly this object.
  EOT
  type        = map(object({ url = string, sha256 = string }))

  validation {
    condition     = contains(keys(var.binary), var.architecture)
    error_message = "There is no binary for the architecture that was chosen."
  }

  validation {
    # The URL becomes a line of the machine's start script, so it must not hold a special character of a shell.
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
  description = "Name of the table of health, deliveries and the lease (`DDB_STATE_TABLE`)."
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
  description = "Refuse to delete the tables. Before `terraform destroy`, apply with `false`."
  type        = bool
  default     = true
  nullable    = false
}

# The machine.

variable "instance_count" {
  description = "Number of machines that run `check`: 1, or 2 in two zones. The lease in the state table lets one of them work at a time, so two do not alert twice."
  type        = number
  default     = 1
  nullable    = false

  validation {
    condition     = contains([1, 2], var.instance_count)
    error_message = "There are 1 or 2 machines; a third one would wait for the same lease."
  }
}

variable "architecture" {
  description = "Processor of the machine: `arm64` or `x86_64`."
  type        = string
  default     = "arm64"
  nullable    = false

  validation {
    condition     = contains(["arm64", "x86_64"], var.architecture)
    error_message = "The architecture is arm64 or x86_64."
  }
}

variable "instance_type" {
  description = "Instance type of the chosen architecture. Null: t4g.micro for arm64, t3.micro for x86_64. A nano has too little memory for dnf."
  type        = string
  default     = null
}

variable "subnet_ids" {
  description = "Subnets of the machines, one each, in different zones. Empty: subnets of the region's default VPC."
  type        = list(string)
  default     = []
  nullable    = false
}

variable "public_ip" {
  description = "Give each machine a public address. `false` needs subnets with a NAT gateway; without one the machine reaches nothing."
  type        = bool
  default     = true
  nullable    = false
}

variable "static_ip" {
  description = "Use an Elastic IP for that address. It survives a new machine, so probed endpoints can allow it."
  type        = bool
  default     = false
  nullable    = false

  validation {
    condition     = !var.static_ip || var.public_ip
    error_message = "A static_ip is a public one: set public_ip too."
  }
}

variable "session_manager" {
  description = "Allow a shell through SSM Session Manager, without an open port or a key."
  type        = bool
  default     = true
  nullable    = false
}

variable "ssh_cidrs" {
  description = "Networks that may reach port 22. Empty (recommended): no inbound rule."
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
    error_message = "ssh_cidrs opens the port, but no one can log in without ssh_key_name."
  }
}

# The runs.

variable "scheduler" {
  description = "Scheduler of `check`: `cron`, or `systemd` for a timer with a sandboxed service."
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
  description = "Private networks that probes may reach (`MONITORCTL_ALLOW`). A change of a monitor file cannot change this."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for cidr in var.allow_cidrs : can(cidrhost(cidr, 0))])
    error_message = "Each of allow_cidrs is a network such as 10.20.0.0/16."
  }
}

variable "proxies" {
  description = "Proxies that probes may go through, such as http://proxy.internal:3128 (`MONITORCTL_PROXIES`). The user and password are in the monitor, as references."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for proxy in var.proxies : can(regex("^https?://[A-Za-z0-9._-]+(:[0-9]+)?/?$", proxy))])
    error_message = "Each of proxies is like http://proxy.internal:3128, without user and password."
  }
}

variable "probe_roles" {
  description = "ARNs of the roles that `auth.aws` of a monitor may sign as (`MONITORCTL_ROLES`). The machine may assume them. Each of them must trust the role `check` in turn."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for arn in var.probe_roles : can(regex("^arn:aws[a-z-]*:iam::[0-9]{12}:role/[A-Za-z0-9+=,.@_/-]+$", arn))])
    error_message = "Each of probe_roles is the ARN of one role; wildcards are not allowed."
  }
}

variable "file_folders" {
  description = "Folders of the machine with certificates and keys that monitors may name (`MONITORCTL_FILES`). Without one it is /etc/monitorctl."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for folder in var.file_folders : can(regex("^(/[A-Za-z0-9_-][A-Za-z0-9._-]*)+$", folder))])
    error_message = "Each of file_folders is an absolute path of a folder such as /etc/ssl/probes."
  }
}

variable "dns_cidrs" {
  description = "Networks of name servers, over UDP and TCP 53: those of the machine, of `resolver`, and of `dns://` monitors. The VPC's own server needs no entry: no security group filters it."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for cidr in var.dns_cidrs : can(cidrhost(cidr, 0))])
    error_message = "Each of dns_cidrs is a network such as 10.20.0.53/32."
  }
}

# Secrets of monitors and channels.

variable "secret_variables" {
  description = "Names of the variables that monitors and channels may refer to as `$${env:NAME}` (`MONITORCTL_SECRETS`); `*` matches a part of a name. Put the values on the machine by hand, never here."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for name in var.secret_variables : can(regex("^[A-Za-z_][A-Za-z0-9_*]*$", name))])
    error_message = "Each of secret_variables is the name of a variable such as PAYMENTS_TOKEN, or its beginning and a star."
  }
}

variable "secret_parameters" {
  description = "Names of the SSM parameters that monitors and channels refer to as `$${ssm:/prod/payments/token}`."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for name in var.secret_parameters : can(regex("^/?[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)*$", name))])
    error_message = "Each of secret_parameters is the full name of one parameter; wildcards are not allowed."
  }
}

variable "topic_arns" {
  description = "Further topics that channels of kind `sns` name in monitorctl.yaml. A topic of another account needs a policy that lets the machine publish."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition = alltrue([
      for arn in var.topic_arns : can(regex("^arn:[A-Za-z0-9-]+:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]+([.]fifo)?$", arn))
    ])
    error_message = "Each of topic_arns is the ARN of one topic; wildcards are not allowed."
  }
}

variable "topic_kms_key_arns" {
  description = "Customer managed keys of these topics. The key that AWS manages needs no entry."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for arn in var.topic_kms_key_arns : can(regex("^arn:[A-Za-z0-9-]+:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$", arn))])
    error_message = "Each of topic_kms_key_arns is the ARN of a key, not of an alias."
  }
}

variable "secret_ids" {
  description = "Names or ARNs of the Secrets Manager secrets that monitors and channels refer to as `$${secretsmanager:payments#token}`."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition = alltrue([
      for id in var.secret_ids : can(regex("^(arn:[A-Za-z0-9-]+:secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:)?[A-Za-z0-9/_+=.@-]+$", id))
    ])
    error_message = "Each of secret_ids is the full name or the ARN of one secret; wildcards are not allowed."
  }
}

variable "secret_kms_key_arns" {
  description = "Customer managed keys of these parameters and secrets. The keys of AWS need no entry."
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
  description = "Send the JSON log to CloudWatch Logs, which extracts metrics from the summary line of each run."
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
    requests, `sync` on `branch`, or in `environment` if set (recommended: GitHub's rules for the environment then
    guard the role). `owner_id` and `repository_id` are the numbers of both at GitHub; print them with
    `gh api repos/OWNER/NAME --jq '.owner.id, .id'`. The tokens of newer repositories carry them.
    Set `create_provider = false` if the account has GitHub's identity provider already. If another installation of
    this configuration makes it, pass its `github_provider_arn` as `provider_arn`: then it is made first.
    Null: no roles; attach `policy_arns` to roles of yours.
  EOT
  type = object({
    repository      = string
    owner_id        = string
    repository_id   = string
    branch          = optional(string, "main")
    environment     = optional(string)
    create_provider = optional(bool, true)
    provider_arn    = optional(string)
  })
  default = null

  validation {
    # A wildcard in any of these would let a foreign repository or branch take the role.
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

# The status page.

variable "status_page" {
  description = <<-EOT
    A private bucket for a status page, CloudFront in front of it, and the option and the right of the machine to publish
    there. All files are below `prefix`. `page` is the id of the page, if the catalog has several. `domains` are names of yours, such as `status.example.com`; they need `certificate_arn`, a
    certificate of ACM in us-east-1, and a record of your DNS for each. Null: none of this.
  EOT
  type = object({
    prefix          = optional(string, "public")
    page            = optional(string)
    domains         = optional(list(string), [])
    certificate_arn = optional(string)
  })
  default = null

  validation {
    condition     = var.status_page == null ? true : can(regex("^[a-z0-9][a-z0-9_-]{0,63}$", var.status_page.prefix))
    error_message = "The prefix of status_page is 1 to 64 characters of a-z, 0-9, _ and -, and begins with a letter or digit."
  }

  validation {
    condition     = try(var.status_page.page, null) == null ? true : can(regex("^[a-z0-9][a-z0-9_-]{0,63}$", var.status_page.page))
    error_message = "The page of status_page is the id of a status page: 1 to 64 characters of a-z, 0-9, _ and -, and begins with a letter or digit."
  }

  validation {
    condition     = var.status_page == null ? true : (length(var.status_page.domains) > 0) == (var.status_page.certificate_arn != null)
    error_message = "The domains of status_page need a certificate_arn, and a certificate_arn needs domains."
  }

  validation {
    condition     = try(var.status_page.certificate_arn, null) == null ? true : can(regex("^arn:[A-Za-z0-9-]+:acm:us-east-1:[0-9]{12}:certificate/[A-Za-z0-9-]+$", var.status_page.certificate_arn))
    error_message = "The certificate_arn of status_page is that of a certificate of ACM in us-east-1, where CloudFront looks for it."
  }
}

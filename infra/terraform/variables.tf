# Set these in terraform.tfvars. The region and the tags belong to this configuration. Every other variable goes to the
# variable of the module with the same name, which has the description, the default and the validation.

variable "region" {
  description = "AWS region of all resources."
  type        = string

  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.region))
    error_message = "The region is a name such as eu-central-1."
  }
}

variable "tags" {
  description = "Tags on all resources, beside `application` and `environment`."
  type        = map(string)
  default     = {}
  nullable    = false
}

variable "environment" {
  type    = string
  default = null
}

variable "name" {
  type    = string
  default = null
}

variable "alert_emails" {
  type = list(string)
}

variable "operator_emails" {
  type    = list(string)
  default = null
}

variable "subscriptions" {
  type = list(object({
    protocol = string
    endpoint = string
    filter   = optional(map(list(string)), {})
    raw      = optional(bool, false)
  }))
  default = null
}

variable "binary" {
  type = map(object({ url = string, sha256 = string }))
}

variable "config_table" {
  type    = string
  default = null
}

variable "state_table" {
  type    = string
  default = null
}

variable "history_table" {
  type    = string
  default = null
}

variable "deletion_protection" {
  type    = bool
  default = null
}

variable "instance_count" {
  type    = number
  default = null
}

variable "architecture" {
  type    = string
  default = null
}

variable "instance_type" {
  type    = string
  default = null
}

variable "subnet_ids" {
  type    = list(string)
  default = null
}

variable "public_ip" {
  type    = bool
  default = null
}

variable "static_ip" {
  type    = bool
  default = null
}

variable "session_manager" {
  type    = bool
  default = null
}

variable "ssh_cidrs" {
  type    = list(string)
  default = null
}

variable "ssh_key_name" {
  type    = string
  default = null
}

variable "scheduler" {
  type    = string
  default = null
}

variable "period_minutes" {
  type    = number
  default = null
}

variable "allow_cidrs" {
  type    = list(string)
  default = null
}

variable "dns_cidrs" {
  type    = list(string)
  default = null
}

variable "proxies" {
  type    = list(string)
  default = null
}

variable "probe_roles" {
  type    = list(string)
  default = null
}

variable "file_folders" {
  type    = list(string)
  default = null
}

variable "secret_variables" {
  type    = list(string)
  default = null
}

variable "secret_parameters" {
  type    = list(string)
  default = null
}

variable "topic_arns" {
  type    = list(string)
  default = null
}

variable "topic_kms_key_arns" {
  type    = list(string)
  default = null
}

variable "secret_ids" {
  type    = list(string)
  default = null
}

variable "secret_kms_key_arns" {
  type    = list(string)
  default = null
}

variable "cloudwatch_logs" {
  type    = bool
  default = null
}

variable "log_retention_days" {
  type    = number
  default = null
}

variable "github" {
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
}

variable "status_page" {
  type = object({
    prefix          = optional(string, "public")
    page            = optional(string)
    domains         = optional(list(string), [])
    certificate_arn = optional(string)
  })
  default = null
}

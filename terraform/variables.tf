variable "name" {
  description = "Name of the stack; everything that leaves it carries the name"
  type        = string
}

variable "template_url" {
  description = "https address of the packaged template, as make package prints it"
  type        = string

  validation {
    condition     = startswith(var.template_url, "https://")
    error_message = "CloudFormation takes an https address of an S3 object."
  }
}

variable "parameters" {
  description = "The stack's parameters (docs/configuration.md)"
  type        = map(string)
  default     = {}
}

variable "database_security_group_id" {
  description = "Security group of the database, which must let query_database in (empty: no rule is made)"
  type        = string
  default     = ""
}

variable "database_port" {
  description = "Port of the database"
  type        = number
  default     = 5432
}

variable "tags" {
  description = "Tags of the stack, which CloudFormation gives to its resources"
  type        = map(string)
  default     = {}
}

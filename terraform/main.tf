# The packaged stack as a resource of your Terraform, and the way from it to the database.
# `make package BUCKET=…` writes what template_url names (docs/deploy.md).

terraform {
  required_version = ">= 1.5"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.0"
    }
  }
}

resource "aws_cloudformation_stack" "jiki_ops" {
  name         = var.name
  template_url = var.template_url
  parameters   = var.parameters
  capabilities = ["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"]
  tags         = var.tags

  # A function in a VPC takes AWS up to half an hour to delete.
  timeouts {
    create = "30m"
    update = "45m"
    delete = "45m"
  }
}

# Only where a part asks the database (Rotation, Scaling, Probes): alerts alone need no rule.
resource "aws_vpc_security_group_ingress_rule" "database" {
  count = var.database_security_group_id == "" ? 0 : 1

  description                  = "query_database of ${var.name}"
  security_group_id            = var.database_security_group_id
  referenced_security_group_id = aws_cloudformation_stack.jiki_ops.outputs["QueryDatabaseSecurityGroupId"]
  ip_protocol                  = "tcp"
  from_port                    = var.database_port
  to_port                      = var.database_port
}

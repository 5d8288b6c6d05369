output "outputs" {
  description = "The stack's outputs: functions, alert topic and queue, security group"
  value       = aws_cloudformation_stack.jiki_ops.outputs
}

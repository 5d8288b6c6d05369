"""What the stack costs a month, from its transformed template (docs/cost.md)."""

"""What arrived, read into notices: one module per source. Enters no other room."""

"""The secret, the database, ECS, Amazon RDS and the clock, each behind a port."""

"""Typed questions to PostgreSQL."""

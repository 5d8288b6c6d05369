"""What `query_database` answers: one class per request, written and read by itself.

A new one: a frozen dataclass derived from `Answer` in the module of its group of requests. Its
function in `query_database` returns an instance; who asks reads it by `from_json`.
"""

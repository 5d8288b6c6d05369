"""Lambda's recursion guard, as a model.

A function that sends to the queue it is started by passes the lineage of its request on, in the
trace header that boto3 sends. After about sixteen invocations in one lineage Lambda stops the next
(Lambda Developer Guide, "Use Lambda recursive loop detection to prevent infinite loops"): the
message is not given to the function, its receives go on, and it ends in the dead-letter queue.
A schedule, a rule or another queue without that header begins a new lineage.
"""

LONGEST_CHAIN = 16


def is_cut(invocations_before: int) -> bool:
    """Whether the next invocation of a lineage is stopped."""
    return invocations_before >= LONGEST_CHAIN

"""The categories of RDS's events by their number, which a subscription's message lacks.

Source: Amazon RDS and Aurora User Guides, "Amazon RDS event categories and event messages"; those
of a category that says how bad an event is.
"""

NUMBERS: dict[str, tuple[int, ...]] = {
    "availability": (4, 6, 22, 221, 222, 419),
    "deletion": (3, 41, 171, 205, 208, 246),
    "failover": (13, 15, 34, 49, 50, 51, 65, 69, 70, 71, 72, 73),
    "failure": (
        *(31, 35, 36, 39, 58, 79, 80, 81, 82, 83, 143, 165, 188, 198, 219, 220, 223, 224, 237),
        *(243, 245, 249, 252, 254, 261, 275, 277, 278, 279, 280, 281, 282, 283, 284, 285),
        *(314, 353, 354, 355, 387, 418, 420),
    ),
    "global failover": (181, 182, 183, 184, 185, 186, 187, 238, 239, 240, 241, 397, 423),
    "low storage": (7, 89, 227),
    "read replica": (45, 46, 57, 62, 63, 202),
    "recovery": (20, 21, 23, 52, 53, 66, 166, 361, 362),
    "security": (68,),
}
BY_EVENT = {
    f"RDS-EVENT-{number:04}": category
    for category, numbers in NUMBERS.items()
    for number in numbers
}

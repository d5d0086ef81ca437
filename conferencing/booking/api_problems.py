"""What the refusal of a booking says to programs beside the members of every problem."""

from hub.api.operation import PROBLEM_MEMBERS

PROBLEM_MEMBERS.update(
    {
        "conflicts": {
            "type": "array",
            "description": "409 of a booking: what is taken, when and by what",
            "items": {
                "type": "object",
                "required": ["resource", "starts_at", "ends_at", "conference"],
                "properties": {
                    "resource": {"type": "string"},
                    "starts_at": {"type": "string", "format": "date-time"},
                    "ends_at": {"type": "string", "format": "date-time"},
                    "conference": {"type": ["string", "null"]},
                },
            },
        },
        "alternatives": {
            "type": "array",
            "description": "409 of a booking: what is free instead, best first",
            "items": {"type": "object"},
        },
    }
)

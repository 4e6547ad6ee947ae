"""What is sent to the addresses of signing in and out."""

EXAMPLES = {
    "sign-out": lambda place, role: {"method": "post", "ends_session": True},
    "switch-membership": lambda place, role: {"method": "post", "placed": False},
    "language": lambda place, role: {"method": "post", "body": {"language": "en"}},
}

"""What the operator is told about the demo, as plain lines for a terminal. Pure."""

from server.demo.ensure import Outcome

SHOWN = (
    ("admin", "everything but the inside of classes"),
    ("teacher", "has a lesson on now: open it"),
    ("student1 student2 student3", "their group is ИТ-21: join the teacher's lesson"),
    ("curator dean dispatcher office", "see their groups, their faculty, the whole timetable"),
    ("observer", "may visit any class"),
    ("proctor commission1 commission2 commission3 chair secretary", "have an exam today"),
    ("psychologist", "has a meeting that nobody else can see"),
)


def describe(outcome: Outcome) -> str:
    """Lines to print. The random password is in them once and nowhere else."""
    if not outcome.made:
        return "The demo university is there already; its passwords are as they were."
    width = max(len(logins) for logins, _ in SHOWN)
    lines = [f"The demo university is ready: {len(outcome.people)} accounts.", ""]
    lines += [f"  {logins:<{width}}  {what}" for logins, what in SHOWN]
    lines.append("")
    if outcome.password:
        lines.append(f"Everybody's password, shown only now: {outcome.password}")
    else:
        lines.append("Everybody's password is the one in SABAK_DEMO_PASSWORD (setting demo_password).")
    return "\n".join(lines)

"""People, plan and the class."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "faculties",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("archived", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_faculties"),
        sa.UniqueConstraint("name", name="uq_faculties_name"),
    )
    op.create_table(
        "guest_links",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("lesson", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("role", sa.String(length=32), nullable=False),
        sa.Column("made_by", sa.String(length=16), nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("expires", sa.BigInteger(), nullable=False),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        sa.Column("entered", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_guest_links"),
        sa.UniqueConstraint("hash", name="uq_guest_links_hash"),
    )
    op.create_index("ix_guest_links_lesson", "guest_links", ["lesson"], unique=False)
    op.create_table(
        "holidays",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.PrimaryKeyConstraint("day", name="pk_holidays"),
    )
    op.create_table(
        "lesson_states",
        sa.Column("lesson", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("session", sa.String(length=128), nullable=False),
        sa.Column("opened", sa.BigInteger(), nullable=True),
        sa.Column("closed", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.PrimaryKeyConstraint("lesson", name="pk_lesson_states"),
    )
    op.create_index("ix_lesson_states_session", "lesson_states", ["session"], unique=False)
    op.create_table(
        "live_pulses",
        sa.Column("session", sa.String(length=16), nullable=False),
        sa.Column("time", sa.BigInteger(), nullable=False),
        sa.Column("away", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("session", name="pk_live_pulses"),
    )
    op.create_table(
        "live_sessions",
        sa.Column("session", sa.String(length=16), nullable=False),
        sa.Column("lesson", sa.String(length=64), nullable=False),
        sa.Column("opened", sa.BigInteger(), nullable=False),
        sa.Column("closed", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.PrimaryKeyConstraint("session", name="pk_live_sessions"),
        sa.UniqueConstraint("lesson", name="uq_live_sessions_lesson"),
    )
    op.create_table(
        "live_spans",
        sa.Column("session", sa.String(length=16), nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.Column("lesson", sa.String(length=64), nullable=False),
        sa.Column("person", sa.String(length=128), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("role", sa.String(length=32), nullable=False),
        sa.Column("joined", sa.BigInteger(), nullable=False),
        sa.Column("left", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("session", "n", name="pk_live_spans"),
    )
    op.create_index("ix_live_spans_person_joined", "live_spans", ["person", "joined"], unique=False)
    op.create_index(
        "ix_live_spans_session_person_left", "live_spans", ["session", "person", "left"], unique=False
    )
    op.create_table(
        "login_sessions",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("user", sa.String(length=16), nullable=False),
        sa.Column("guest", sa.Boolean(), nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("seen", sa.BigInteger(), nullable=False),
        sa.Column("expires", sa.BigInteger(), nullable=False),
        sa.Column("address", sa.String(length=45), nullable=False),
        sa.Column("agent", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_login_sessions"),
        sa.UniqueConstraint("hash", name="uq_login_sessions_hash"),
    )
    op.create_index("ix_login_sessions_user", "login_sessions", ["user"], unique=False)
    op.create_table(
        "semesters",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("starts", sa.Date(), nullable=False),
        sa.Column("ends", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_semesters"),
        sa.UniqueConstraint("name", name="uq_semesters_name"),
    )
    op.create_table(
        "users",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("login", sa.String(length=64), nullable=False),
        sa.Column("folded", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("searched", sa.String(length=300), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("theme", sa.String(length=8), nullable=False),
        sa.Column("disabled", sa.Boolean(), nullable=False),
        sa.Column("password", sa.String(length=200), nullable=False),
        sa.Column("must_change", sa.Boolean(), nullable=False),
        sa.Column("otp_secret", sa.String(length=64), nullable=False),
        sa.Column("otp_offered", sa.String(length=64), nullable=False),
        sa.Column("otp_step", sa.BigInteger(), nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_users"),
        sa.UniqueConstraint("folded", name="uq_users_folded"),
    )
    op.create_table(
        "consents",
        sa.Column("user", sa.String(length=16), nullable=False),
        sa.Column("text", sa.String(length=32), nullable=False),
        sa.Column("version", sa.String(length=16), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("accepted", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["user"], ["users.id"], name="fk_consents_user"),
        sa.PrimaryKeyConstraint("user", "text", "version", name="pk_consents"),
    )
    op.create_table(
        "departments",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("faculty", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("archived", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["faculty"], ["faculties.id"], name="fk_departments_faculty"),
        sa.PrimaryKeyConstraint("id", name="pk_departments"),
        sa.UniqueConstraint("faculty", "name", name="uq_departments_faculty_name"),
    )
    op.create_index("ix_departments_faculty", "departments", ["faculty"], unique=False)
    op.create_table(
        "guests",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("link", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["link"], ["guest_links.id"], name="fk_guests_link"),
        sa.PrimaryKeyConstraint("id", name="pk_guests"),
    )
    op.create_index("ix_guests_link", "guests", ["link"], unique=False)
    op.create_table(
        "program_tokens",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("user", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("expires", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["user"], ["users.id"], name="fk_program_tokens_user"),
        sa.PrimaryKeyConstraint("id", name="pk_program_tokens"),
        sa.UniqueConstraint("hash", name="uq_program_tokens_hash"),
    )
    op.create_index("ix_program_tokens_user", "program_tokens", ["user"], unique=False)
    op.create_table(
        "user_recovery",
        sa.Column("hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("user", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(["user"], ["users.id"], name="fk_user_recovery_user"),
        sa.PrimaryKeyConstraint("hash", name="pk_user_recovery"),
    )
    op.create_index("ix_user_recovery_user", "user_recovery", ["user"], unique=False)
    op.create_table(
        "user_roles",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("user", sa.String(length=16), nullable=False),
        sa.Column("role", sa.String(length=32), nullable=False),
        sa.Column("scope_kind", sa.String(length=16), nullable=False),
        sa.Column("scope", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(["user"], ["users.id"], name="fk_user_roles_user"),
        sa.PrimaryKeyConstraint("id", name="pk_user_roles"),
        sa.UniqueConstraint(
            "user", "role", "scope_kind", "scope", name="uq_user_roles_user_role_scope_kind_scope"
        ),
    )
    op.create_index("ix_user_roles_role_user", "user_roles", ["role", "user"], unique=False)
    op.create_index("ix_user_roles_scope", "user_roles", ["scope_kind", "scope"], unique=False)
    op.create_table(
        "disciplines",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("department", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("hours", sa.Integer(), nullable=False),
        sa.Column("contact_hours", sa.Integer(), nullable=False),
        sa.Column("mooc", sa.Boolean(), nullable=False),
        sa.Column("archived", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["department"], ["departments.id"], name="fk_disciplines_department"),
        sa.PrimaryKeyConstraint("id", name="pk_disciplines"),
        sa.UniqueConstraint("department", "name", name="uq_disciplines_department_name"),
    )
    op.create_index("ix_disciplines_department", "disciplines", ["department"], unique=False)
    op.create_table(
        "study_groups",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("department", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("archived", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["department"], ["departments.id"], name="fk_study_groups_department"),
        sa.PrimaryKeyConstraint("id", name="pk_study_groups"),
        sa.UniqueConstraint("name", name="uq_study_groups_name"),
    )
    op.create_index("ix_study_groups_department", "study_groups", ["department"], unique=False)
    op.create_table(
        "enrolments",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("group", sa.String(length=16), nullable=False),
        sa.Column("student", sa.String(length=16), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["group"], ["study_groups.id"], name="fk_enrolments_group"),
        sa.PrimaryKeyConstraint("id", name="pk_enrolments"),
    )
    op.create_index("ix_enrolments_group_since", "enrolments", ["group", "since"], unique=False)
    op.create_index("ix_enrolments_student_since", "enrolments", ["student", "since"], unique=False)
    op.create_table(
        "takings",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("discipline", sa.String(length=16), nullable=False),
        sa.Column("group", sa.String(length=16), nullable=True),
        sa.Column("student", sa.String(length=16), nullable=True),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=True),
        sa.CheckConstraint('("group" IS NULL) <> (student IS NULL)', name="ck_takings_one_taker"),
        sa.ForeignKeyConstraint(["discipline"], ["disciplines.id"], name="fk_takings_discipline"),
        sa.ForeignKeyConstraint(["group"], ["study_groups.id"], name="fk_takings_group"),
        sa.PrimaryKeyConstraint("id", name="pk_takings"),
    )
    op.create_index("ix_takings_discipline", "takings", ["discipline"], unique=False)
    op.create_index("ix_takings_group", "takings", ["group"], unique=False)
    op.create_index("ix_takings_student_since", "takings", ["student", "since"], unique=False)
    op.create_table(
        "timetable_series",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("discipline", sa.String(length=16), nullable=True),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("groups", sa.JSON(), nullable=False),
        sa.Column("teachers", sa.JSON(), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("starts", sa.String(length=5), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.Column("weeks", sa.String(length=5), nullable=False),
        sa.ForeignKeyConstraint(["discipline"], ["disciplines.id"], name="fk_timetable_series_discipline"),
        sa.PrimaryKeyConstraint("id", name="pk_timetable_series"),
    )
    op.create_index("ix_timetable_series_discipline", "timetable_series", ["discipline"], unique=False)
    op.create_table(
        "lessons",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("discipline", sa.String(length=16), nullable=True),
        sa.Column("series", sa.String(length=16), nullable=True),
        sa.Column("starts", sa.BigInteger(), nullable=False),
        sa.Column("ends", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["discipline"], ["disciplines.id"], name="fk_lessons_discipline"),
        sa.ForeignKeyConstraint(["series"], ["timetable_series.id"], name="fk_lessons_series"),
        sa.PrimaryKeyConstraint("id", name="pk_lessons"),
    )
    op.create_index("ix_lessons_discipline", "lessons", ["discipline"], unique=False)
    op.create_index("ix_lessons_series", "lessons", ["series"], unique=False)
    op.create_index("ix_lessons_starts_id", "lessons", ["starts", "id"], unique=False)
    op.create_table(
        "lesson_groups",
        sa.Column("lesson", sa.String(length=16), nullable=False),
        sa.Column("group", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(["group"], ["study_groups.id"], name="fk_lesson_groups_group"),
        sa.ForeignKeyConstraint(
            ["lesson"], ["lessons.id"], name="fk_lesson_groups_lesson", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("lesson", "group", name="pk_lesson_groups"),
    )
    op.create_index("ix_lesson_groups_group", "lesson_groups", ["group"], unique=False)
    op.create_table(
        "lesson_people",
        sa.Column("lesson", sa.String(length=16), nullable=False),
        sa.Column("person", sa.String(length=16), nullable=False),
        sa.Column("part", sa.String(length=12), nullable=False),
        sa.ForeignKeyConstraint(
            ["lesson"], ["lessons.id"], name="fk_lesson_people_lesson", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("lesson", "person", name="pk_lesson_people"),
    )
    op.create_index("ix_lesson_people_person", "lesson_people", ["person"], unique=False)

"""Proctored exams: settings and rules, the way in, the attempt, what is seen in it, the wall (R13-R18)."""

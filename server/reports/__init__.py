"""The education office's reports (R8, R10-R12): from the plan and what became of it to papers."""

"""What a teacher does to keep a class in order: muting, rules, the lobby, the lock, removing, hosts."""

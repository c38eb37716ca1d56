"""What happens to packets over time, pure: state in objects, `now` is an argument."""

"""What a frame shows and what that means. It knows media's tap and nothing of HTTP."""

"""Create and open projects, back them up, count what they hold."""

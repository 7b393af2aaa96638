"""What holds a send by itself: canary, automatic pause, lost answers. No person's commands."""

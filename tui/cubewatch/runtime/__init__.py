"""What goes to the terminal beside the screen: titles, bells, notifications, signals."""

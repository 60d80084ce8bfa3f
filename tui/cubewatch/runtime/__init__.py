"""The process and its surroundings: clock, threads, signals, files, folders, exit statuses."""

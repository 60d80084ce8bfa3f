"""What people see: one package or module per screen."""

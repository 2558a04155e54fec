"""What faults are made of, and the board that makes them happen at their time."""

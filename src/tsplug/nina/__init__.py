"""What N.I.N.A. and its Target Scheduler write, translated to and from our records without touching a file."""

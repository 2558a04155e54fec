"""Pure grading: who a frame is compared with, what the statistics say, and how verdicts become a status."""

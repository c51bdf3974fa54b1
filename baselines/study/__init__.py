"""Studies: many training runs on one footing, from one file that says everything and one resumable command."""

"""Files that tasks leave behind."""

"""Work that comes again: when, in which zone, and what becomes of a run that was missed or meets another."""

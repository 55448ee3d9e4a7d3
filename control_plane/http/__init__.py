"""What all routes share: problems, request ids, credentials."""

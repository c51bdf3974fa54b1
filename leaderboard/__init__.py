"""Submissions, validation and the site: knows result files, and environments only to replay them."""

"""The guide, and what makes the generated parts of it."""

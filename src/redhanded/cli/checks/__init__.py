"""What `redhanded doctor` looks at, a module a subject."""

"""Archives of profiles: a zip of JSON lines, one member a part, with a manifest."""

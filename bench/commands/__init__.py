"""What each verb of ``gvk`` does: reads options, calls the harness, prints lines."""

"""What the model may call: one file a tool, and `registry.built_in` that gathers them. The loop is core.toolbox."""

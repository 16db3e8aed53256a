"""The tools that the model may call: one file a tool. `registry.built_in` lists them; core.agent.toolbox runs them."""

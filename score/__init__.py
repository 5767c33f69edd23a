"""How often the engine is right: labelled cases, sample captures and a generated corpus, measured by one command."""

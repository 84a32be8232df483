"""The quick forms of what prompts, shells and SDKs run all the time: each imports next to nothing."""

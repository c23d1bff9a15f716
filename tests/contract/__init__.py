"""What the fake is measured against: openai's own suite, the API's description, recordings, and the SDK's own ways."""

"""Code that builds its own client: ``fakeopenai.mock``, its decorators and contexts.

- `seam`: the one place where openai is patched; `standins` and `detours`: what is put there.
- `answering`: which of the open mocks answers a call.
- `layers`: what one decorator asks for, and an account made of several.
- `contexts`: decorators and contexts, on functions, coroutines, generators and classes; `cases`: their set-up.
- `paths`: the tree ``fakeopenai.mock.chat.completions``.
- `classes`: the mock classes, ``ChatCompletionMock`` and so on; `names` lists them.
- `settings`: what the pytest plugin sets for a whole session.

Importing this package, `names` or `settings` imports no openai: the pytest plugin needs them in every session.
"""

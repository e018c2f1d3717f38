"""Text that can be sent on."""


def encodable(text: str) -> str:
    """Replace lone surrogates, which a broken paste may bring and neither UTF-8 nor JSON can carry, as Ollama would."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text

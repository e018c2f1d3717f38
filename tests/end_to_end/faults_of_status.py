"""Faults of an answer: what comes in the place of a reply."""

from protocol.limits import ResourceLimits, TimeLimits
from tests.end_to_end.faults_of_reply import no_chat
from tests.support.answers import head, ndjson_chat, replay, status, web_page
from tests.support.chatting import MODEL
from tests.support.faults import Fault, ends, fine, garbled, mended, scripted, tried_twice, waits
from tests.support.recordings import recording
from tests.support.wire import Answer, Close, Hold, Reset, Send

PAGE = b"<!DOCTYPE html><title>502</title><h1>Bad gateway"
HTML = "text/html; charset=utf-8"
A_PAGE = "it answered with a web page, so a proxy or another program may be in the way."
PROXY = "Check the user and password in HTTP_PROXY or HTTPS_PROXY, or name the server in NO_PROXY."
FULL = "server busy, please try again.  maximum pending requests exceeded."
OTHER_MODELS = (
    "Get it with /pull nosuchmodel:1b (in a shell `chinwag models pull nosuchmodel:1b`), "
    f"or choose another with /model or -m. URL has: {MODEL}."
)
WHO = "It wants to know who asks: set OLLAMA_API_KEY to its key, or write http://USER:PASSWORD@HOST with --host."
NO_MODEL = ("Choose one with /model or -m.", "No model was named")
CHANGED = (
    "Something on the way may have changed it; where nothing is, please report it as a mistake of chinwag.",
    "The server cannot make sense of the request",
)
AGAIN = (
    "Send again; where it ends again, the log of the server says why.",
    "The process that runs the model ended",
)
ADDRESS = "Check that the address is that of an Ollama server"
SOON = ResourceLimits(time=TimeLimits(survey=0.2))


def no(code: int, words: str, advice: str = "", happened: str = "") -> str:
    """What is said when the server refuses, or fails."""
    happened = happened or ("The server failed" if code == 500 else "The server refused")
    return f"{happened} (status {code}): {words} {advice}".rstrip()


def busy(code: int, words: str) -> str:
    """What is said when the server is busy."""
    return f"The server is busy or away (status {code}): {words} Try again in a moment."


def other(what: str) -> str:
    """What is said of an answer that is none."""
    advice = "Check that the address is that of an Ollama server, and that no proxy is in the way."
    return f"The server answered with {what}, not with a chat. {advice}"


def redirect(code: int) -> str:
    """What is said of a redirect."""
    return f"The server redirects to another address (status {code}). Set OLLAMA_HOST or --host to the final address."


def moved(code: int) -> Answer:
    """A redirect."""
    line = f"HTTP/1.1 {code} Moved\r\nLocation: https://elsewhere.invalid/\r\nContent-Length: 0\r\n\r\n"
    return (Send(line.encode()),)


STATUSES: tuple[Fault, ...] = (
    scripted(
        "400",
        ends(no(400, "model is required.", *NO_MODEL)),
        replay(recording("err_missing_model")),
    ),
    scripted(
        "400 for what is no JSON",
        ends(no(400, "unexpected EOF.", *CHANGED)),
        replay(recording("err_malformed_json")),
    ),
    scripted(
        "401",
        ends(no(401, "unauthorized.", WHO)),
        status(401, {"error": "unauthorized"}),
    ),
    scripted(
        "403 without a word",
        ends("The server refused (status 403). Ask the server's owner: OLLAMA_ORIGINS or a proxy forbids it."),
        replay(recording("foreign_host_header_403")),
    ),
    scripted(
        "404 for a model",
        ends(no(404, "model 'nosuchmodel:1b' not found.", OTHER_MODELS, "The server does not have this model")),
        replay(recording("err_unknown_model")),
        models=(MODEL,),
    ),
    scripted(
        "404 for a path",
        ends(no(404, "404 page not found.", f"{ADDRESS}; that of one that speaks as OpenAI's ends in /v1.")),
        replay(recording("unknown_path_404")),
    ),
    scripted(
        "405",
        ends(no(405, "405 method not allowed.", "Check that no proxy is in the way.")),
        status(405, b"405 method not allowed", "text/plain"),
    ),
    scripted("407 of a proxy", ends(no(407, A_PAGE, PROXY)), status(407, PAGE, HTML)),
    scripted(
        "413 of a proxy",
        ends(no(413, A_PAGE, "Send less at once, or ask the owner of the proxy in the way.")),
        status(413, PAGE, HTML),
    ),
    scripted("429", waits(busy(429, "slow down.")), status(429, {"error": "slow down"})),
    scripted(
        "500 before the first token",
        ends(no(500, "an error was encountered while running the model: unexpected EOF.", *AGAIN)),
        replay(recording("runner_kill9_before_first_byte")),
    ),
    scripted("500 with a web page", ends(no(500, A_PAGE)), status(500, PAGE, HTML)),
    scripted(
        "500 with nested words",
        ends(no(500, "no memory.")),
        status(500, {"error": {"code": 500, "message": "no memory"}}),
    ),
    scripted("502 of a proxy", waits(busy(502, A_PAGE)), status(502, PAGE, HTML)),
    scripted("503 without end", waits(busy(503, FULL)), replay(recording("busy_3_other_model"))),
    scripted(
        "503, then a reply",
        mended(busy(503, FULL), "Fine."),
        replay(recording("busy_3_other_model")),
        ndjson_chat(["Fine."]),
    ),
    scripted("504 of a proxy", waits(busy(504, A_PAGE)), status(504, PAGE, HTML)),
    scripted(
        "a status that nobody knows",
        ends("The server refused (status 799)."),
        (Send(b"HTTP/1.1 799 Odd\r\nContent-Length: 0\r\n\r\n"),),
    ),
    scripted("204", garbled(other("status 204")), (Send(b"HTTP/1.1 204 No Content\r\n\r\n"),)),
    scripted("206", garbled(other("status 206")), status(206, {"message": {"content": "Once"}, "done": True})),
    scripted("301", ends(redirect(301)), moved(301)),
    scripted("307", ends(redirect(307)), moved(307)),
    scripted(
        "101", garbled(other("status 101")), (Send(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n"), Close())
    ),
)
ODD: tuple[Fault, ...] = (
    scripted("200 with a web page", garbled(other("text/html")), web_page()),
    scripted(
        "200 with a web page, then a reply", mended(other("text/html"), "Fine."), web_page(), ndjson_chat(["Fine."])
    ),
    scripted("200 with a picture", garbled(other("image/png")), status(200, b"\x89PNG\r\n", "image/png")),
    scripted(
        "200 with a web page that never comes",
        garbled(other("text/html")),
        (Send(head(200, HTML, 9)), Hold()),
        limits=SOON,
    ),
    scripted(
        "200 with an error",
        ends("The server ended the reply with an error: no such model. What came is kept."),
        status(200, {"error": "no such model"}),
    ),
    scripted(
        "200 with nothing", tried_twice("The server's reply ended before it was done. What came is kept."), status(200)
    ),
    scripted(
        "200 with a whole reply, unasked", fine("Once"), status(200, {"message": {"content": "Once"}, "done": True})
    ),
    scripted(
        "200 with a list of models",
        garbled(no_chat("neither a message, nor done, nor an error", '{"models": []}')),
        status(200, {"models": []}),
    ),
    scripted(
        "200 with a word",
        garbled(no_chat("JSON is malformed: invalid character (byte 0)", "OK")),
        status(200, b"OK", "application/json"),
    ),
    scripted(
        "an error whose words never come",
        ends("The server failed (status 500)."),
        (Send(head(500, "text/plain", 9)), Hold()),
        limits=SOON,
    ),
    scripted(
        "an error whose words break off", ends(no(400, "bad.")), (Send(head(400, "text/plain", 9) + b"bad"), Reset())
    ),
    scripted(
        "an error of bytes that are no text",
        ends(no(400, "\ufffd\ufffd\x00bad.")),
        status(400, b"\xff\xfe\x00bad", "text/plain"),
    ),
    scripted(
        "an error as long as a book", ends(no(400, "x" * 500 + " ...")), status(400, b"x" * 1_000_000, "text/plain")
    ),
)

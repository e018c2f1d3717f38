"""Faults of a server that speaks as OpenAI's does, and habits that are none."""

from protocol.limits import ResourceLimits, TimeLimits
from tests.support.answers import head, status, web_page
from tests.support.chatting import MODEL
from tests.support.faults import Fault, ends, fine, garbled, mended, scripted_openai, tried_twice, waits
from tests.support.openai_answers import DONE, delta, event, finish, sse_chat, sse_opening
from tests.support.wire import Close, Forever, Hold, Pause, Reset, Send, SendChunk

END = SendChunk(b"")
KEPT = "What came is kept."
NO_END = f"The server's reply ended before it was done. {KEPT}"
HALF = f"The server's reply ended in the middle of a line. {KEPT}"
BROKE = "The connection to URL/v1 broke (it ended before the reply did). Try again."
CHECK = "Check that the address is that of a server that speaks as OpenAI's does"
IMPATIENT = ResourceLimits(time=TimeLimits(first_byte=0.3, idle=0.3, survey=0.3))
SILENT = "The server at URL/v1 was silent for longer than the time limit. Try again."
ALIVE = "The server at URL/v1 said that it lives, and nothing else, for longer than the time limit. Try again."
SMALL = ResourceLimits(max_line_bytes=10_000)
COMMENT = SendChunk(b": still here\n\n")
SMALLER = "Choose a smaller model with /model or -m. "


def no_chat(fault: str, shown: str) -> str:
    """What is said of an event that is none of a chat."""
    return f"The server sent what is not an OpenAI chat's ({fault}): '{shown}'. {CHECK}."


def failed(words: str, advice: str = "") -> str:
    """What is said of an error in a stream."""
    return f"The server ended the reply with an error: {words}. {advice}{KEPT}"


def other(what: str) -> str:
    """What is said of an answer of another kind."""
    return (
        f"The server answered with {what}, not with a chat. "
        f"{CHECK}, with /v1 at its end, and that no proxy is in the way."
    )


def chunk(data: bytes) -> SendChunk:
    """These bytes, as an HTTP chunk of their own."""
    return SendChunk(data)


OPENAI_BREAKS: tuple[Fault, ...] = (
    scripted_openai("openai: no [DONE]", ends(NO_END, "Once"), (*sse_opening(["Once"]), END)),
    scripted_openai("openai: a reason, and no [DONE]", ends(NO_END, "Once"), (*sse_opening(["Once"]), finish(), END)),
    scripted_openai("openai: nothing at all", tried_twice(NO_END), (*sse_opening([]), END)),
    scripted_openai(
        "openai: a role only", tried_twice(NO_END), (*sse_opening([delta(role="assistant", content="")]), END)
    ),
    scripted_openai(
        "openai: half an event", ends(HALF, "Once"), (*sse_opening(["Once"]), chunk(b'data: {"choices": [{'), END)
    ),
    scripted_openai("openai: the connection closes", ends(BROKE, "Once"), (*sse_opening(["Once"]), Close())),
    scripted_openai(
        "openai: the connection breaks",
        ends("The connection to URL/v1 broke (connection reset by peer). Try again.", "Once"),
        (*sse_opening(["Once"]), Reset()),
    ),
    scripted_openai("openai: silence", ends(SILENT, "Once"), (*sse_opening(["Once"]), Hold()), limits=IMPATIENT),
    scripted_openai("openai: silence before the headers", tried_twice(SILENT), (Hold(),), limits=IMPATIENT),
    scripted_openai(
        "openai: comments without end",
        ends(ALIVE, "Once"),
        (*sse_opening(["Once"]), Forever((COMMENT, Pause(0.01)))),
        limits=IMPATIENT,
    ),
    scripted_openai(
        "openai: an error in the stream",
        ends(failed("out of memory", SMALLER), "Once"),
        (*sse_opening(["Once"]), event({"error": {"message": "out of memory", "code": 500}}), END),
    ),
    scripted_openai(
        "openai: an error in the stream, then [DONE]",
        ends(failed("it broke"), "Once"),
        (*sse_opening(["Once"]), event({"error": {"message": "it broke"}}), DONE, END),
    ),
    scripted_openai(
        "openai: an error without framing",
        ends(failed("it broke"), "Once"),
        (*sse_opening(["Once"]), chunk(b'{"error":"it broke"}'), END),
    ),
    scripted_openai(
        "openai: an event named error",
        ends(failed("it broke"), "Once"),
        (*sse_opening(["Once"]), chunk(b'event: error\ndata: {"message":"it broke"}\n\n'), END),
    ),
    scripted_openai(
        "openai: garbage",
        garbled(no_chat("JSON is malformed: invalid character (byte 0)", "what?"), "Once"),
        (*sse_opening(["Once"]), chunk(b"data: what?\n\n"), Hold()),
    ),
    scripted_openai(
        "openai: garbage, then a reply",
        mended(no_chat("JSON is malformed: invalid character (byte 0)", "what?"), "Fine.", before="Once"),
        (*sse_opening(["Once"]), chunk(b"data: what?\n\n"), Hold()),
        sse_chat(["Fine."]),
    ),
    scripted_openai(
        "openai: a list",
        garbled(no_chat("neither choices, nor usage, nor an error", '{"object": "list", "data": []}')),
        (*sse_opening([event({"object": "list", "data": []})]), Hold()),
    ),
    scripted_openai(
        "openai: an event over the limit",
        garbled(
            "The server sent an event of more than 10,000 bytes. "
            "Check that the address is that of a server that speaks as OpenAI's does.",
            "Once",
        ),
        (*sse_opening(["Once"]), delta(content="x" * 10_000), DONE, Hold()),
        limits=SMALL,
    ),
)
OPENAI_STATUSES: tuple[Fault, ...] = (
    scripted_openai(
        "openai: 401",
        ends(
            "The server refused (status 401): Incorrect API key provided. "
            "It wants to know who asks: set OLLAMA_API_KEY to its key, or write http://USER:PASSWORD@HOST with --host."
        ),
        status(401, {"error": {"message": "Incorrect API key provided", "type": "invalid_request_error"}}),
    ),
    scripted_openai(
        "openai: 404 for a model",
        ends(
            "The server does not have this model (status 404): The model `tiny:1b` does not exist. "
            "Choose another with /model or -m. "
            f"URL/v1 has: {MODEL}."
        ),
        status(404, {"object": "error", "message": "The model `tiny:1b` does not exist.", "code": 404}),
        models=(MODEL,),
    ),
    scripted_openai(
        "openai: 404 for a path",
        ends(f"The server refused (status 404): Not Found. {CHECK}, with /v1 at its end."),
        status(404, {"detail": "Not Found"}),
    ),
    scripted_openai(
        "openai: 429 with Retry-After",
        waits("The server is busy or away (status 429): Rate limit reached. Try again in a moment."),
        (
            Send(
                b"HTTP/1.1 429 Too Many Requests\r\nRetry-After: 20\r\nContent-Type: application/json\r\n"
                b'Content-Length: 43\r\n\r\n{"error": {"message":"Rate limit reached"}}'
            ),
        ),
    ),
    scripted_openai(
        "openai: 503 while a model loads",
        waits("The server is busy or away (status 503): Loading model. Try again in a moment."),
        status(503, {"error": {"code": 503, "message": "Loading model", "type": "unavailable_error"}}),
    ),
    scripted_openai(
        "openai: 400 for a prompt that is too long",
        ends(
            "The prompt is too long for the context of the model (status 400): This model's maximum context length is "
            "4096 tokens. Sum the chat up with /compact, or have the server started with a larger context."
        ),
        status(400, {"error": {"message": "This model's maximum context length is 4096 tokens."}}),
    ),
    scripted_openai("openai: 200 with a web page", garbled(other("text/html")), web_page()),
    scripted_openai(
        "openai: 200 with an error",
        ends(failed("Unexpected endpoint or method")),
        status(200, {"error": "Unexpected endpoint or method"}),
    ),
    scripted_openai(
        "openai: a whole reply that is cut off",
        tried_twice("The connection to URL/v1 broke (it ended before the reply did). Try again."),
        (Send(head(200, "application/json", 900) + b'{"choices": ['), Close()),
    ),
)
OPENAI_HABITS: tuple[Fault, ...] = (
    scripted_openai(
        "openai: two choices",
        fine("Once"),
        (
            *sse_opening([delta(content="Once"), event({"choices": [{"index": 1, "delta": {"content": "Twice"}}]})]),
            DONE,
            END,
        ),
    ),
    scripted_openai("openai: no usage", fine("Once"), sse_chat(["Once"])),
    scripted_openai(
        "openai: empty choices", fine("Once"), sse_chat([event({"choices": []}), "Once", event({"choices": []})])
    ),
    scripted_openai(
        "openai: several events in one chunk",
        fine("Once upon"),
        (
            Send(head(200, "text/event-stream")),
            chunk(b"".join(each.data for each in (delta(content="Once"), delta(content=" upon"), finish(), DONE))),
            END,
        ),
    ),
    scripted_openai(
        "openai: a byte order mark, and line ends of another system",
        fine("Once"),
        (
            Send(head(200, "text/event-stream; charset=utf-8")),
            chunk(b"\xef\xbb\xbf"),
            *(chunk(each.data.replace(b"\n", b"\r\n")) for each in (delta(content="Once"), finish(), DONE)),
            END,
        ),
    ),
    scripted_openai(
        "openai: comments before the reply",
        fine("Once"),
        sse_chat([*(COMMENT, Pause(0.1)) * 5, "Once"]),
        limits=ResourceLimits(time=TimeLimits(first_byte=5.0, idle=0.3)),
    ),
    scripted_openai(
        "openai: a whole reply, unasked",
        fine("Once"),
        status(200, {"choices": [{"message": {"role": "assistant", "content": "Once"}, "finish_reason": "stop"}]}),
    ),
    scripted_openai(
        "openai: no content type",
        fine("Once"),
        (Send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"), *sse_chat(["Once"])[1:]),
    ),
)

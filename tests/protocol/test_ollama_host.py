import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.errors import Category, Failure, InterfaceError
from protocol.ollama_host import ServerUrl, parse_host

ADVICE = "Write it like 127.0.0.1:11434 or https://host/path."


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("", "http://127.0.0.1:11434"),
        ("1.2.3.4", "http://1.2.3.4:11434"),
        (":1234", "http://127.0.0.1:1234"),
        ("1.2.3.4:1234", "http://1.2.3.4:1234"),
        ("example.com", "http://example.com:11434"),
        ("example.com:1234", "http://example.com:1234"),
        ("example.com:00080", "http://example.com:80"),
        (":0", "http://127.0.0.1:0"),
        (":65535", "http://127.0.0.1:65535"),
        (":65536", "http://127.0.0.1:11434"),
        (":66000", "http://127.0.0.1:11434"),
        (":-1", "http://127.0.0.1:11434"),
        (":0x50", "http://127.0.0.1:11434"),
        (":八十", "http://127.0.0.1:11434"),
        (":" + "9" * 5000, "http://127.0.0.1:11434"),
        (":" + "0" * 5000 + "80", "http://127.0.0.1:80"),
        ("https://example.com:99999", "https://example.com:443"),
        ("[::1]", "http://[::1]:11434"),
        ("::1", "http://[::1]:11434"),
        ("[::1]:1337", "http://[::1]:1337"),
        ("[2001:db8::7]", "http://[2001:db8::7]:11434"),
        ("[fe80::1%eth0]:1337", "http://[fe80::1%eth0]:1337"),
        ("http://[2001:db8::7]/ollama", "http://[2001:db8::7]:80/ollama"),
        (" 1.2.3.4 ", "http://1.2.3.4:11434"),
        ('"1.2.3.4"', "http://1.2.3.4:11434"),
        ("'1.2.3.4'", "http://1.2.3.4:11434"),
        (' " 1.2.3.4 " ', "http://1.2.3.4:11434"),
        ("http://1.2.3.4", "http://1.2.3.4:80"),
        ("http://1.2.3.4:4321", "http://1.2.3.4:4321"),
        ("https://1.2.3.4", "https://1.2.3.4:443"),
        ("https://1.2.3.4:4321", "https://1.2.3.4:4321"),
        ("HTTPS://1.2.3.4", "https://1.2.3.4:443"),
        ("https://example.com/ollama", "https://example.com:443/ollama"),
        ("https://example.com/ollama/", "https://example.com:443/ollama"),
        ("example.com:1234/deep/path", "http://example.com:1234/deep/path"),
        ("http://example.com/", "http://example.com:80"),
        ("ollama.com", "https://ollama.com:443"),
        ("http://ollama.com", "http://ollama.com:80"),
    ],
    ids=lambda text: text[:40] or "empty",
)
def test_a_host_is_read_by_ollamas_own_rules(text: str, url: str) -> None:
    assert str(parse_host(text)) == url


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("0.0.0.0", "http://127.0.0.1:11434"),
        ("0.0.0.0:1234", "http://127.0.0.1:1234"),
        ("http://0.0.0.0", "http://127.0.0.1:80"),
        ("[::]", "http://[::1]:11434"),
        ("::", "http://[::1]:11434"),
        ("[::]:1234", "http://[::1]:1234"),
    ],
)
def test_where_a_server_listens_on_all_addresses_a_client_takes_the_loopback(text: str, url: str) -> None:
    assert str(parse_host(text)) == url


def test_an_address_is_read_into_its_parts() -> None:
    assert parse_host("https://[fe80::1]:8443/a/b/") == ServerUrl("https", "fe80::1", 8443, "/a/b")


@pytest.mark.parametrize(
    ("text", "shown", "fault"),
    [
        ("ftp://example.com", "ftp://example.com", "the scheme 'ftp' is neither http nor https"),
        ("://example.com", "://example.com", "the scheme '' is neither http nor https"),
        ("user@example.com", "example.com", "user and password do not belong in it"),
        ("user:secret@example.com", "example.com", "user and password do not belong in it"),
        ("https://user:secret@example.com:1", "example.com:1", "user and password do not belong in it"),
        ("http://user:secret@[::1]:1", "[::1]:1", "user and password do not belong in it"),
        ("a b", "a b", "it holds characters that no address has"),
        ("host\x1b[31m", "host\x1b[31m", "it holds characters that no address has"),
        ("http://host/a\nb", "http://host/a\nb", "it holds characters that no address has"),
        ("http://host\0", "http://host\0", "it holds characters that no address has"),
        ("http://host?key=1", "http://host?key=1", "it holds characters that no address has"),
        ("http://host/path?key=1", "http://host/path?key=1", "it holds characters that no address has"),
        ("host#part", "host#part", "it holds characters that no address has"),
        ("host\\share", "host\\share", "it holds characters that no address has"),
        ("host'name", "host'name", "it holds characters that no address has"),
        ("a:b:c", "a:b:c", "'a:b:c' is neither a name nor an IP address"),
        ("::1]:80", "::1]:80", "'::1]:80' is neither a name nor an IP address"),
        ("host\u202e", "host\u202e", "it holds characters that no address has"),
    ],
)
def test_what_cannot_be_an_address_is_refused_with_a_sentence(text: str, shown: str, fault: str) -> None:
    with pytest.raises(InterfaceError) as caught:
        parse_host(text)
    summary = f"The server address {shown!r} cannot be used: {fault}."
    assert caught.value.failure == Failure(Category.INTERFACE, summary, ADVICE, "InterfaceError")


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "localhost", "LOCALHOST", "[::1]", "0.0.0.0", "", "[::]"])
def test_this_machine_is_loopback(host: str) -> None:
    assert parse_host(host).loopback


@pytest.mark.parametrize("host", ["128.0.0.1", "example.com", "127.example.com", "localhost.example.com", "[::2]"])
def test_another_machine_is_not_loopback(host: str) -> None:
    assert not parse_host(host).loopback


@given(st.text() | st.text("[]:/.@%12 ahtps").map("http://{}".format))
def test_any_text_is_an_address_or_is_refused(text: str) -> None:
    try:
        url = parse_host(text)
    except InterfaceError:
        return
    assert parse_host(str(url)) == url

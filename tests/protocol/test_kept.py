import msgspec
from hypothesis import HealthCheck, given, settings

from protocol.kept import ChatsExport, ConversationRecord, Hit, KeptConversation
from tests.support.values import values


@given(values(ChatsExport))
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_a_document_of_conversations_comes_back_equal(document: ChatsExport) -> None:
    assert msgspec.json.decode(msgspec.json.encode(document), type=ChatsExport) == document
    assert msgspec.json.decode(msgspec.json.encode(document), type=ChatsExport, strict=True) == document


@given(values(KeptConversation), values(Hit), values(ConversationRecord))
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_a_line_of_the_list_a_hit_and_a_record_come_back_equal(
    line: KeptConversation, hit: Hit, record: ConversationRecord
) -> None:
    for one in (line, hit, record):
        assert msgspec.json.decode(msgspec.json.encode(one), type=type(one)) == one

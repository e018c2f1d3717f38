import json
from collections.abc import Iterator
from threading import Event

import pytest
from msgspec.structs import replace

from actors.cancel import Cancelled, CancelToken
from protocol.chat import ChatMessage, ChatRequest, Role
from protocol.errors import ServerSilent
from protocol.limits import TimeLimits
from protocol.models import InstalledModel, ServerSurvey
from tests.support.addresses import PATIENCE
from tests.support.answers import status
from tests.support.clock import FakeClock
from tests.support.leaks import nothing_left
from tests.support.openai_answers import CHAT, delta, sse_chat, sse_opening
from tests.support.reading import PATIENT, REQUEST, Reading, openai, read
from tests.support.replay_server import ReplayServer
from tests.support.wire import Hold, SendChunk, Tell, Wait

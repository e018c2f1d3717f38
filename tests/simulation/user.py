"""The simulated user: sees what a screen would show, and does what comes to the mind of somebody in a hurry."""

from msgspec.structs import replace

from protocol.address import Address
from protocol.command_table import parse_command
from protocol.commands import Show
from protocol.identity import ConversationId
from protocol.input_handler import CancelPressed, CommandPressed, InputHandlerMessage
from protocol.server_names import ServerNames
from protocol.ui import PromptOffered, UiEvent
from tests.simulation.belongings import COMPARED, belongs_to
from tests.simulation.plan import Act
from tests.simulation.scheduler import Scheduler
from tests.simulation.server import SimulatedServer
from ui.model import Model
from ui.outgoing import Outgoing, Written

_PROMPTS = (
    "Why is the sky blue?",
    "And at night?",
    "日本語で答えて",
    "  Say it\nin two lines  ",
    "🦉",
    "Why is the sky blue?",
    "//not a command",
    "More",
)

_LEAD_ELSEWHERE = frozenset({"new", "open", "fork", "delete", "undelete"})


class User:
    """Somebody at a screen: `ui.model` is what it shows, `ui.outgoing` what it sends."""

    def __init__(
        self, scheduler: Scheduler, entry: Address[InputHandlerMessage], server: SimulatedServer, names: ServerNames
    ) -> None:
        self.model = Model(servers=names)
        self._server = server
        self._scheduler = scheduler
        self._entry = entry
        self._models = server.models
        self._outgoing = Outgoing()
        self._outgoing.connect(entry)
        self._offer: PromptOffered | None = None
        self._number = 0
        self._asked: set[ConversationId] = set()
        self.wants: ConversationId | None = None
        """Where a key led last, unless something else has led elsewhere since."""
        self._is_led = False
        """Something was done that leads elsewhere by way of the archive, or of a copy: that takes its time."""

    def see(self, event: UiEvent) -> None:
        """Take in what the screen is told, and send what waited for it."""
        self._outgoing.hear(event)
        self.model.apply(event, self._scheduler.now)
        if self.model.offered is not None:
            self._offer, self.model.offered = self.model.offered, None
        self.model.returned.clear()
        self.model.recalled.clear()
        self._outgoing.flush(self.model.shown.id)

    def act(self, act: Act) -> None:
        """Do something."""
        self._scheduler.note("user", act)
        if act.what in _LEAD_ELSEWHERE:
            self.wants, self._is_led = None, self._is_led or act.what != "new"
        match act.what:
            case "send":
                self._send(self._prompt(act))
            case "send now":
                self._send(self._prompt(act), urgent=True)
            case "send twice":
                prompt = self._prompt(act)
                self._send(prompt)
                self._send(prompt)
            case "cancel" if self.model.shown.id is not None:
                self._entry.tell(CancelPressed(self.model.shown.id))
            case "cancel":
                pass
            case "cancel column":
                self._cancel_column(act.number)
            case "jump":
                self._go_to(act.number)
            case _:
                self._command(self._typed(act), by_key=act.other % 2 == 0)

    @property
    def is_lost(self) -> bool:
        """Another conversation is shown than the last that was wanted."""
        return not self._is_led and self.wants is not None and self.model.shown.id != self.wants

    def choose_models(self) -> bool:
        """Answer the question that holds prompts back, wherever it was asked; False if it was asked nowhere."""
        asked = False
        for conversation in self.model.conversations.values():
            if conversation.id is not None and conversation.model is None and conversation.id not in self._asked:
                self._asked.add(conversation.id)
                there = self._server.models_of(self.model.servers.resolve(conversation.server))
                self._entry.tell(CommandPressed(conversation.id, parse_command(f"/model {there[0]}")))
                asked = True
        return asked

    def _cancel_column(self, number: int) -> None:
        shown = self.model.shown.id
        compared = None if shown is None else self.model.comparisons.of.get(shown)
        if compared is not None:
            column = compared.columns[number % len(compared.columns)]
            self._entry.tell(CancelPressed(column.conversation))

    def _go_to(self, number: int) -> None:
        """Press the key of an open conversation: it is shown at once. Nobody does while another is on its way."""
        there = [one.id for one in self.model.open_conversations if one.id is not None]
        if there and self._outgoing._left is None:
            self.wants = there[number % len(there)]
            self.model.go_to(self.wants)
            self._outgoing.submit(Show(self.wants))
            self._outgoing.flush(self.model.shown.id)

    def _send(self, text: str, urgent: bool = False) -> None:
        offer, self._offer = self._offer, None
        offer = replace(offer, attachments=()) if offer is not None else None
        self._outgoing.submit(Written(text, offer, urgent, attachments=belongs_to(text.strip())))
        self._outgoing.flush(self.model.shown.id)

    def _prompt(self, act: Act) -> str:
        """Mostly a text of its own; sometimes one that was said before."""
        self._number += 1
        text = _PROMPTS[act.number % len(_PROMPTS)]
        return text if act.other == 0 else f"{text} {self._number}"

    def _command(self, text: str, by_key: bool) -> None:
        if by_key and self.model.shown.id is not None:
            self._entry.tell(CommandPressed(self.model.shown.id, parse_command(text)))
        else:
            self._send(text)

    def _typed(self, act: Act) -> str:
        one, two = act.number % 4 + 1, act.other % 4 + 1
        match act.what:
            case "version":
                return "/version back" if act.number % 2 else "/version"
            case "open":
                return f"/open {self._title(act.number)}"
            case "delete":
                return f"/delete {self._title(act.number)}" if act.other > 3 else "/delete"
            case "queue edit" | "queue drop" | "queue now":
                return f"/{act.what} {one}" if act.what != "queue now" or act.other else "/queue now"
            case "compact":
                return ("/compact", "/compact 0", "/compact 1", "/context")[act.number % 4]
            case "queue move":
                return f"/queue move {one} {two}"
            case "server":
                labels = self.model.servers.labels()
                return f"/server {labels[act.number % len(labels)]}" if act.other else "/server"
            case "compare" | "compare next":
                return f"/compare {self._contestants(act)}{self._compared_prompt(act)}"
            case "pick":
                return f"/compare pick {one}"
            case "judge" | "merge":
                asks = " -- Which of these?" if act.other else ""
                return f"/compare {act.what} {self._model(act.number)}{asks}"
            case "compare again" | "drop":
                return f"/compare {act.what.removeprefix('compare ')}"
            case "compared":
                return "/compare"
            case "model":
                return f"/model {self._model(act.number)}"
            case "system":
                settings = ("/set temperature 0.2", "/set num_ctx 8192", "/set -")
                prompts = ("/system Be brief.", "/system -", "/system")
                return (settings if act.other > 2 else prompts)[act.number % 3]
            case "title":
                return f"/title Talk {act.number}" if act.other else "/title"
            case "look":
                return ("/chats", "/search sky", "/help", "/nonsense", "/queue", "/model", "/")[act.number % 7]
            case _:
                return f"/{act.what}"

    def _contestants(self, act: Act) -> str:
        if act.number % 3 == 0:
            return f"{self._model(act.number)} seeds {act.other % 3 + 2}"
        if act.number % 3 == 1 and self.model.servers.several:
            return f"{self._model(act.number)} on {' '.join(self.model.servers.labels())}"
        return f"{self._model(act.number)} {self._model(act.other)}"

    def _compared_prompt(self, act: Act) -> str:
        return f" -- {COMPARED}{self._prompt(act)}" if act.what == "compare" else ""

    def _title(self, number: int) -> str:
        titles = [one.title for one in self.model.conversations.values() if one.title]
        return titles[number % len(titles)] if titles else "nothing"

    def _model(self, number: int) -> str:
        return self._models[number % len(self._models)] if number < 7 else "unknown"

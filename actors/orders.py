"""What a command of the user asks of the Coordinator, and what of the Archivist."""

from typing import assert_never

from protocol.archivist import (
    ArchiveQuestion,
    DeleteConversation,
    ListConversations,
    Reopen,
    SearchConversations,
    SetTitle,
    UndeleteConversation,
)
from protocol.commands import (
    Branch,
    Cancel,
    Chats,
    Compact,
    Context,
    ContextWish,
    Continue,
    Delete,
    Edit,
    Fork,
    Model,
    New,
    Now,
    Open,
    Parametrising,
    Preset,
    Queue,
    QueueDrop,
    QueueEdit,
    QueueMove,
    QueueNow,
    Queuing,
    Redo,
    Retry,
    SaveImages,
    Search,
    Server,
    Servers,
    Set,
    Settings,
    SettingsShown,
    Show,
    System,
    Title,
    Undelete,
    Undo,
    Version,
)
from protocol.compare_words import (
    CompareAll,
    CompareDrop,
    CompareJudge,
    CompareLook,
    CompareMerge,
    ComparePick,
    CompareRepeat,
    CompareWord,
)
from protocol.comparison import (
    Compare,
    CompareAgain,
    ComparisonCommand,
    DropComparison,
    JudgeAnswers,
    MergeAnswers,
    PickAnswer,
    PrepareComparison,
    ShowComparison,
)
from protocol.context import CompactConversation, ContextCommand, ShowContext
from protocol.coordinator import (
    BranchCommand,
    CancelAll,
    CancelConversation,
    ChooseModel,
    ChooseVersion,
    ContinueReply,
    DropQueued,
    EditPrompt,
    EditQueued,
    ForkConversation,
    MoveQueued,
    QueueCommand,
    RedoPrompt,
    RetryNow,
    RetryReply,
    SendNow,
    SetSystemPrompt,
    ShowConversation,
    ShowModels,
    ShowQueue,
    ShowSystemPrompt,
    StartConversation,
    UndoPrompt,
)
from protocol.drawn_images import SaveDrawnImages
from protocol.identity import ConversationId, ServerName
from protocol.model_commands import ModelCommand
from protocol.model_work import ModelOrder
from protocol.parameter_commands import (
    ChangeParameters,
    ListParameters,
    ParameterCommand,
    ShowParameters,
    ShowPresets,
    UsePreset,
)
from protocol.server_commands import ChooseServer, ServerCommand, ShowPool, ShowServers

UserCommand = (
    CancelConversation
    | CancelAll
    | StartConversation
    | ShowConversation
    | ChooseModel
    | ShowModels
    | SetSystemPrompt
    | ShowSystemPrompt
    | SaveDrawnImages
    | ParameterCommand
    | ServerCommand
    | ComparisonCommand
    | BranchCommand
    | ContextCommand
    | QueueCommand
    | ModelOrder
)
Asked = Chats | Open | Title | Search | Delete | Undelete
Ordered = (
    New
    | Show
    | Model
    | Server
    | Servers
    | System
    | Parametrising
    | Cancel
    | SaveImages
    | Branch
    | ContextWish
    | Queuing
    | ModelCommand
    | CompareWord
)


def question(conversation: ConversationId, command: Asked) -> ArchiveQuestion:
    """Return what the Archivist is asked."""
    match command:
        case Chats():
            return ListConversations(conversation)
        case Open(wanted=wanted):
            return Reopen(conversation, wanted)
        case Title(text=text):
            return SetTitle(conversation, text)
        case Search(words=words):
            return SearchConversations(conversation, words)
        case Delete(wanted=wanted):
            return DeleteConversation(conversation, wanted)
        case Undelete():
            return UndeleteConversation(conversation)
        case _:
            assert_never(command)


def order(conversation: ConversationId, command: Ordered) -> UserCommand:
    """Return what the Coordinator is to do."""
    match command:
        case New():
            return StartConversation(like=conversation)
        case Show(wanted=wanted):
            return ShowConversation(wanted)
        case Model(name=""):
            return ShowModels(conversation)
        case Model(name=name):
            return ChooseModel(conversation, name)
        case Server(name=""):
            return ShowServers(conversation)
        case Server(name=name):
            return ChooseServer(conversation, ServerName(name))
        case Servers():
            return ShowPool(conversation)
        case System(text=""):
            return ShowSystemPrompt(conversation)
        case System(text=text):
            return SetSystemPrompt(conversation, "" if text == "-" else text)
        case Set() | Settings() | SettingsShown() | Preset():
            return _of_parameters(conversation, command)
        case Cancel(everything=everything):
            return CancelAll() if everything else CancelConversation(conversation)
        case SaveImages(folder=folder):
            return SaveDrawnImages(conversation, folder)
        case Compact(keep=keep):
            return CompactConversation(conversation, keep)
        case Context():
            return ShowContext(conversation)
        case Queue() | QueueEdit() | QueueDrop() | QueueMove() | QueueNow() | Now():
            return _of_queue(conversation, command)
        case _ if isinstance(command, ModelCommand):
            return ModelOrder(conversation, command)
        case _ if isinstance(command, CompareWord):
            return _of_comparison(conversation, command)
        case _:
            return _of_tree(conversation, command)


def _of_tree(conversation: ConversationId, command: Branch) -> BranchCommand:
    match command:
        case Retry():
            return RetryReply(conversation)
        case Continue():
            return ContinueReply(conversation)
        case Edit():
            return EditPrompt(conversation)
        case Undo():
            return UndoPrompt(conversation)
        case Redo():
            return RedoPrompt(conversation)
        case Version(step=step):
            return ChooseVersion(conversation, step)
        case Fork():
            return ForkConversation(conversation)
        case _:
            assert_never(command)


def _of_queue(conversation: ConversationId, command: Queuing) -> QueueCommand:
    match command:
        case Queue():
            return ShowQueue(conversation)
        case QueueEdit(number=number):
            return EditQueued(conversation, number)
        case QueueDrop(number=number):
            return DropQueued(conversation, number)
        case QueueMove(number=number, to=to):
            return MoveQueued(conversation, number, to)
        case QueueNow(number=number):
            return SendNow(conversation, number)
        case Now():
            return RetryNow(conversation)
        case _:
            assert_never(command)


def _of_parameters(conversation: ConversationId, command: Parametrising) -> ParameterCommand:
    match command:
        case Set(change=change):
            return ChangeParameters(conversation, change)
        case Settings(name=name):
            return ListParameters(conversation, name)
        case SettingsShown():
            return ShowParameters(conversation)
        case Preset(name=""):
            return ShowPresets(conversation)
        case Preset(name=name):
            return UsePreset(conversation, name)
        case _:
            assert_never(command)


def _of_comparison(conversation: ConversationId, command: CompareWord) -> ComparisonCommand:
    match command:
        case CompareAll(contestants=contestants, prompt=""):
            return PrepareComparison(conversation, contestants)
        case CompareAll(contestants=contestants, prompt=prompt):
            return Compare(conversation, contestants, prompt)
        case CompareLook():
            return ShowComparison(conversation)
        case CompareRepeat():
            return CompareAgain(conversation)
        case ComparePick(number=number):
            return PickAnswer(conversation, number)
        case CompareJudge(model=model, prompt=prompt):
            return JudgeAnswers(conversation, model, prompt)
        case CompareMerge(model=model, prompt=prompt):
            return MergeAnswers(conversation, model, prompt)
        case CompareDrop():
            return DropComparison(conversation)
        case _:
            assert_never(command)

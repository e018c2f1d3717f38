"""The tree, driven by any sequence of moves beside a plain model of it that was written without looking at it."""

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from protocol.chat import Role
from protocol.identity import MessageId
from protocol.tree import MessageTree, Node, Place


class Moves(RuleBasedStateMachine):
    """What a Coordinator does with a tree. The model: who follows whom, in order, and where the head is."""

    def __init__(self) -> None:
        super().__init__()
        self.tree = MessageTree()
        self.parents: dict[str, str | None] = {}
        self.texts: dict[str, str] = {}
        self.head: str | None = None
        self.taken_back: list[str] = []

    def line(self, name: str | None) -> list[str]:
        """The names from a root to this one."""
        return [] if name is None else [*self.line(self.parents[name]), name]

    def followers(self, name: str | None, kind: str = "") -> list[str]:
        return [each for each, parent in self.parents.items() if parent == name and each.startswith(kind)]

    def ends(self, name: str | None) -> list[str]:
        """The ends of all lines that go on from here, in order, but for those over versions that say nothing."""
        following = self.followers(name)
        shown = [each for each in following if self.texts[each]] or following[-1:]
        return [end for each in shown for end in self.ends(each) or [each]]

    def grow(self, name: str, parent: str | None, role: Role, text: str) -> None:
        self.tree.add(Node(MessageId(name), None if parent is None else MessageId(parent), role, text))
        self.parents[name], self.texts[name], self.head = parent, text, name
        self.taken_back = []

    def ask(self) -> str:
        name = f"prompt {len(self.parents)}"
        self.grow(name, self.head, Role.USER, "why")
        return name

    def answer(self, prompt: str, text: str) -> None:
        self.grow(f"reply {len(self.parents)}", prompt, Role.ASSISTANT, text)

    def last_prompt(self) -> str | None:
        return next((name for name in reversed(self.line(self.head)) if name.startswith("p")), None)

    def any_message(self, data: st.DataObject) -> str:
        return data.draw(st.sampled_from(list(self.parents)))

    @rule(text=st.sampled_from(["", "so", "no"]))
    def a_prompt_is_answered(self, text: str) -> None:
        self.answer(self.ask(), text)

    @rule()
    def a_prompt_is_never_sent(self) -> None:
        self.ask()

    @precondition(lambda self: self.last_prompt())
    @rule(text=st.sampled_from(["", "so", "no"]))
    def the_last_prompt_is_asked_again(self, text: str) -> None:
        prompt = self.last_prompt()
        assert prompt is not None
        self.answer(prompt, text)

    @precondition(lambda self: self.last_prompt())
    @rule()
    def the_last_prompt_is_edited(self) -> None:
        prompt = self.last_prompt()
        assert prompt is not None
        parent = self.parents[prompt]
        self.tree.move(None if parent is None else MessageId(parent))
        self.head = parent
        self.answer(self.ask(), "so")

    @rule()
    def the_last_prompt_is_undone(self) -> None:
        prompt, undone = self.last_prompt(), self.tree.undo()
        assert (None if undone is None else undone.id) == prompt
        if prompt is not None and self.head is not None:
            self.taken_back.append(self.head)
            self.head = self.parents[prompt]

    @rule()
    def the_last_undo_is_taken_back(self) -> None:
        before = self.head
        if self.taken_back:
            self.head = self.taken_back.pop()
        elif prompts := self.followers(self.head, "p"):
            self.head = (self.followers(prompts[-1], "r") or prompts)[-1]
        assert self.tree.redo() is (self.head != before)

    @rule(step=st.sampled_from((1, -1)))
    def another_version_is_shown(self, step: int) -> None:
        ends, before = self.ends(None), self.head
        moved = self.tree.step(step)
        self.head, self.taken_back = self.tree.head, [] if moved else self.taken_back
        if before in ends:
            assert self.head == ends[(ends.index(before) + step) % len(ends)]
        elif moved:
            assert self.head is not None
            assert self.followers(self.head) == []
        else:
            assert self.head == before

    @precondition(lambda self: self.parents)
    @rule(data=st.data())
    def the_head_is_moved(self, data: st.DataObject) -> None:
        self.head, self.taken_back = data.draw(st.none() | st.sampled_from(list(self.parents))), []
        self.tree.move(None if self.head is None else MessageId(self.head))

    @precondition(lambda self: self.parents)
    @rule(data=st.data(), text=st.text(max_size=3))
    def more_comes_of_a_message(self, data: st.DataObject, text: str) -> None:
        changed = MessageId(self.any_message(data))
        known = self.tree[changed]
        self.tree.replace(Node(changed, known.parent, known.role, text))
        self.texts[changed] = text

    @rule()
    def an_undo_taken_back_at_once_changes_nothing(self) -> None:
        before = self.tree.head
        if self.tree.undo() is not None:
            assert self.tree.redo() is True
        assert self.tree.head == before

    @invariant()
    def nothing_disappears_and_nothing_moves(self) -> None:
        assert [(node.id, node.parent, node.text) for node in self.tree] == [
            (name, parent, self.texts[name]) for name, parent in self.parents.items()
        ]

    @invariant()
    def the_path_leads_from_a_root_to_the_head(self) -> None:
        assert self.tree.head == self.head
        assert [node.id for node in self.tree.path()] == self.line(self.head)

    @invariant()
    def every_message_knows_its_place_among_its_versions(self) -> None:
        for name, parent in self.parents.items():
            alike = self.followers(parent, name[0])
            shown = [each for each in alike if each == name or self.texts[each]]
            message = MessageId(name)
            assert [node.id for node in self.tree.versions(message)] == shown
            assert self.tree.place(message) == Place(shown.index(name) + 1, len(shown))
            assert [node.id for node in self.tree.children(message)] == self.followers(name)

    @invariant()
    def the_same_nodes_make_the_same_tree(self) -> None:
        again = MessageTree(self.tree, self.tree.head)
        assert (list(again), again.path()) == (list(self.tree), self.tree.path())


TestMoves = Moves.TestCase
TestMoves.settings = settings(max_examples=100, stateful_step_count=40, deadline=None)

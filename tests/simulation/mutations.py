"""Deliberate bugs, each of which the simulation has to see. `tests.simulation.mutate` puts them in."""

from protocol.message import Value


class Mutation(Value, frozen=True):
    """A bug: in this file, the new text stands in the place of the old one."""

    what: str
    file: str
    old: str
    new: str


MUTATIONS = (
    Mutation(
        "a cancel does not reach the Accumulator",
        "actors/attempts.py",
        "            self._to.accumulator.tell(AbandonReply(turn.stream))\n",
        "",
    ),
    Mutation(
        "credit is not given back for what comes late",
        "actors/accumulator.py",
        "                    self._credit.give_back(stream, sum(cost(chunk) for chunk in chunks))\n",
        "                    if self._find(stream) is not None:\n"
        "                        self._credit.give_back(stream, sum(cost(chunk) for chunk in chunks))\n",
    ),
    Mutation(
        "a cancel does not wake a reader that waits for credit",
        "actors/credit.py",
        "        with cancel.unblocking(self._wake), self._condition:",
        "        with self._condition:",
    ),
    Mutation(
        "late frames are not dropped",
        "actors/accumulator.py",
        "        del self._replies[stream]\n",
        "",
    ),
    Mutation(
        "a body that ends early is a success",
        "actors/stream_reader.py",
        '            raise ConnectionLost("The server\'s reply ended before it was done.", "What came is kept.")',
        "            return Completion()",
    ),
    Mutation(
        "what a line brings before the fault in the same read is lost",
        "protocol/frame_decoder.py",
        "            if not frames:\n                raise\n",
        "            raise\n",
    ),
    Mutation(
        "the rest of a read is not put before the next",
        "protocol/ndjson.py",
        "        line = bytes(self._pending) + piece\n",
        "        line = piece\n",
    ),
    Mutation(
        "a retry forgets what the attempt before it brought",
        "actors/growth.py",
        "        said = replace(node, text=reply.text, thinking=reply.thinking, tool_calls=reply.tool_calls)\n",
        "        said = replace(node, text=reply.text)\n",
    ),
    Mutation(
        "a continued reply forgets what it goes on with",
        "actors/attempts.py",
        "BeginReply(turn.stream, turn.conversation, turn.prefix)",
        "BeginReply(turn.stream, turn.conversation)",
    ),
    Mutation(
        "another version has the number of the first",
        "actors/branching.py",
        "attempt=made, again=True",
        "attempt=0, again=True",
    ),
    Mutation(
        "a second stream in a conversation",
        "actors/turns.py",
        "is not turn:\n            return WaitReason.EARLIER_PROMPT\n",
        "is None:\n            return WaitReason.EARLIER_PROMPT\n",
    ),
    Mutation(
        "one stream too many",
        "protocol/pool.py",
        "self._free = streams - len(running)",
        "self._free = streams + 1 - len(running)",
    ),
    Mutation(
        "an ending is told twice",
        "actors/attempts.py",
        "        if not turn.begun:\n            self._show_unsent(turn)\n",
        "        if turn.cancelled:\n"
        "            self._to.ui.tell(TurnEnded(turn.conversation, turn.stream, turn.state, brought, ending))\n"
        "        if not turn.begun:\n            self._show_unsent(turn)\n",
    ),
    Mutation(
        "nobody reminds of a retry",
        "actors/attempts.py",
        "        turn.delay = step.delay\n        self._remind(turn)\n",
        "        turn.delay = step.delay\n",
    ),
    Mutation(
        "a parked turn is not taken up when the server is back",
        "actors/outbox.py",
        "                turn.move(TurnEvent.SERVER_RETURNED)\n",
        "                turn.waits_for = None\n",
    ),
    Mutation(
        "the server is not looked for while a turn waits for it",
        "actors/attempts.py",
        "        self._set_aside(turn, failure)\n        self._watch(turn).look_later()\n",
        "        self._set_aside(turn, failure)\n",
    ),
    Mutation(
        "what waits is cancelled when the user leaves",
        "actors/coordinator.py",
        "            if turn.streaming:\n                self._attempts.cancel(turn)\n",
        "            self._attempts.cancel(turn)\n",
    ),
    Mutation(
        "what is to be tried again is not left to the next run",
        "actors/admission.py",
        "        self._attempts.leave_to_the_next_run()\n",
        "",
    ),
    Mutation(
        "a prompt is refused and accepted",
        "actors/admission.py",
        "            self.refuse(command, refusal)\n            return\n",
        "            self.refuse(command, refusal)\n",
    ),
    Mutation(
        "the turns of a deleted conversation go on",
        "actors/coordinator.py",
        "        self._admission.cancel(live)\n\n    def _turn_away",
        "\n    def _turn_away",
    ),
    Mutation(
        "a cut reply is a whole one",
        "actors/attempts.py",
        'event = TurnEvent.CUT_SHORT if reason == "length" else TurnEvent.FINISHED',
        "event = TurnEvent.FINISHED",
    ),
    Mutation(
        "what was refused before is sent along",
        "protocol/tree.py",
        "        if prompt.role is Role.USER and reply.answered and",
        "        if prompt.role is Role.USER and reply.role is Role.ASSISTANT and",
    ),
    Mutation(
        "an edited prompt follows the one that it is made from",
        "actors/branching.py",
        "        tree.move(edited.parent)\n",
        "        tree.move(edited.id)\n",
    ),
    Mutation(
        "the head does not move on disk",
        "actors/archive_growth.py",
        "SET head = ?1 WHERE id = (SELECT",
        "SET head = ?1 WHERE head IS NULL AND id = (SELECT",
    ),
    Mutation(
        "a parked turn is not put back into the outbox",
        "actors/archive_growth.py",
        "            self._outbox.put_back(conversation, waiting, position, now)\n",
        "            pass\n",
    ),
    Mutation(
        "the outbox keeps what was sent",
        "actors/archive_growth.py",
        "            numbered(reply),\n        )\n        self._outbox.remove(stream.turn)\n",
        "            numbered(reply),\n        )\n",
    ),
    Mutation(
        "the order of the queue is not kept",
        "actors/archive_outbox.py",
        "ordered = sorted(rows, key=lambda row: rank.get(row[1], len(rank)))",
        "ordered = sorted(rows, key=lambda row: min(rank.get(row[1], len(rank)), 2))",
    ),
    Mutation(
        "what waited comes back in the wrong order",
        "actors/archive_reader.py",
        "(turn IS NOT NULL OR NOT ?) ORDER BY position, place",
        "(turn IS NOT NULL OR NOT ?) ORDER BY position DESC, place",
    ),
    Mutation(
        "partial text of a killed program is not put together",
        "actors/archive_growth.py",
        "                reply = folded(self._connection, message)\n",
        "                reply = Reply()\n",
    ),
    Mutation(
        "pieces that wait are not committed before their attempt ends",
        "actors/turn_recorder.py",
        "            case TurnState.RETRYING:\n                self.flush()\n",
        "            case TurnState.RETRYING:\n",
    ),
    Mutation(
        "what the disk refused is forgotten",
        "actors/archive_keeper.py",
        "                if is_damaged(error) or may_pass(error):\n                    raise\n",
        "                if is_damaged(error) or may_pass(error):\n"
        "                    self._waiting.popleft()\n                    raise\n",
    ),
    Mutation(
        "a prompt is passed on before it is kept",
        "actors/archivist.py",
        "                self._conversations.keep_prompt(message)\n                self._pass_on(message, ",
        "                self._pass_on(message, ",
    ),
    Mutation(
        "a prompt that is edited from another conversation stays there too",
        "actors/archive_outbox.py",
        """place = {_OLDEST_UNCLAIMED_ANYWHERE} RETURNING conversation",
            (event.prompt, self._owner),
""",
        """place = {_OLDEST_UNCLAIMED} RETURNING conversation",
            (event.conversation, event.prompt, self._owner),
""",
    ),
    Mutation(
        "a prompt that is dropped stands behind those that wait",
        "ui/conversation.py",
        "            self.reorder([turn.id, *(other for other in self.open if other != turn.id)])\n",
        "            pass\n",
    ),
    Mutation(
        "a conversation that is brought back is as the archive knew it",
        "actors/conversations.py",
        "        known = record.id in self._open\n",
        "        known = record.id in self\n",
    ),
    Mutation(
        "a prompt that comes too late is refused when nobody sees it",
        "actors/admission.py",
        "        if self._gate.is_stopping and (isinstance(command, Compare) or command.edits is None):\n",
        "        if self._gate.is_stopping and (isinstance(command, Compare) or command.edits == command.prompt):\n",
    ),
    Mutation(
        "the screen does not hear that a path has left something behind",
        "actors/attempts.py",
        "        if not whole:\n",
        "        if not (whole or turn):\n",
    ),
    Mutation(
        "what was put off is acted on in another order",
        "actors/sleep.py",
        "        return put_off\n",
        "        return put_off[::-1]\n",
    ),
    Mutation(
        "a conversation falls asleep though a reply is under way",
        "actors/sleep.py",
        "        busy = {turn.conversation for turn in self._turns} | self._awaited |",
        "        busy = self._awaited |",
    ),
    Mutation(
        "a retry sends what was said meanwhile",
        "actors/attempts.py",
        "            self._connect(turn, turn.request)\n",
        "            limit = self._settings.limits.max_message_history - 2\n"
        "            self._connect(turn, self._conversations.request(turn, turn.model, limit))\n",
    ),
    Mutation(
        "what goes with a prompt is left behind in the outbox",
        "actors/archive_growth.py",
        "        self._outbox.attachments.hand_over(row.place, turn)\n",
        "",
    ),
    Mutation(
        "a prompt that is changed keeps what went with its old words",
        "actors/archive_outbox.py",
        '            self.attachments.replace("waiting", row.place, event.attachments)\n',
        "            pass\n",
    ),
    Mutation(
        "what goes with a prompt does not outlast the program",
        "actors/outbox.py",
        "        turn.attachments = tree[MessageId(prompt.turn)].attachments if again else prompt.attachments\n",
        "",
    ),
    Mutation(
        "a summary that was stopped stands for what was said",
        "protocol/tree.py",
        "reply.answered and (prompt.keeps is None or reply.state is TurnState.DONE)",
        "reply.answered",
    ),
    Mutation(
        "a summary is kept as a prompt like any other",
        "actors/archive_growth.py",
        "            row.keeps,\n",
        "            None,\n",
    ),
    Mutation(
        "a summary that waits is a prompt like any other in the next run",
        "actors/archive_outbox.py",
        "                prompt.keeps,\n",
        "                None,\n",
    ),
    Mutation(
        "every prompt goes to the default server",
        "actors/attempts.py",
        "        request = replace(request, server=server)\n",
        "",
    ),
    Mutation(
        "a server's own limit is not heeded",
        "protocol/pool.py",
        "        limit = station.limit or (STREAMS if pooled else None)\n",
        "        limit = STREAMS if pooled else None\n",
    ),
    Mutation(
        "who waits for a server that is full is in the way of others",
        "protocol/pool.py",
        "able = [place for place in self._left if self._open(place)]",
        "able = [place for place in self._left[:1] if self._open(place)]",
    ),
    Mutation(
        "the archive does not hear to which server a conversation moves",
        "actors/talk_recorder.py",
        "                self._describe(self._talks.learn_server(conversation, server, model))\n",
        "                pass\n",
    ),
    Mutation(
        "what comes of a stream lands in the answer that began last",
        "actors/accumulator.py",
        "        return self._replies.get(stream)\n",
        "        return next(reversed(self._replies.values())) if stream in self._replies else None\n",
    ),
    Mutation(
        "the pool asks everything at once of a server without a limit",
        "protocol/pool.py",
        "        limit = station.limit or (STREAMS if pooled else None)\n",
        "        limit = station.limit\n",
    ),
    Mutation(
        "the pool asks a server that is away",
        "protocol/pool.py",
        "if one.health is Health.LIVE and one.name not in avoids",
        "if one.name not in avoids",
    ),
    Mutation(
        "the pool asks a server that lacks the model",
        "protocol/pool.py",
        "    return [station for station in pool if station.may_have(model)] or pool\n",
        "    return pool\n",
    ),
    Mutation(
        "one prompt begins, and the other servers of the pool stay idle",
        "protocol/pool.py",
        "        while self._free > 0:\n",
        "        while self._free > 0 and not self._starts:\n",
    ),
    Mutation(
        "a server of the pool that broke off takes no part when it is back",
        "actors/server_watch.py",
        "        self._is_doubted = False\n        if survey",
        "        if survey",
    ),
    Mutation(
        "a server of the pool that dies keeps its prompts",
        "actors/attempts.py",
        "        return self._watch(turn) is pool and pool.takes(turn.model, turn.avoids)\n",
        "        return False\n",
    ),
    Mutation(
        "what a server of the pool brought before it died is not a version",
        "actors/attempts.py",
        "            case GoElsewhere():\n                self._end_attempt(turn, reply, failure)\n",
        "            case GoElsewhere():\n",
    ),
    Mutation(
        "a column is asked without what was said before",
        "actors/conversations.py",
        "[*self._said_before(turn.conversation), *tree.path_to(before)]",
        "tree.path_to(before)",
    ),
    Mutation(
        "what is compared falls asleep before it is decided",
        "actors/sleep.py",
        " | self._comparing.answers.awake()\n",
        "\n",
    ),
    Mutation(
        "an answer that is brought is that of another column",
        "actors/grafting.py",
        "parent=prompt, created=0.0) for node, name in named]\n",
        "parent=prompt, text=named[0][0].text) for node, name in named]\n",
    ),
    Mutation(
        "an answer that comes after the pick is left out",
        "actors/answers.py",
        "            self._bring_late(comparison)\n",
        "            pass\n",
    ),
    Mutation(
        "the archive does not hear which answers are brought",
        "actors/archive.py",
        "            self._comparisons.bring(event, talks, now)\n",
        "            self._comparisons.keep(event.comparison, talks, now)\n",
    ),
    Mutation(
        "what goes with a prompt does not go to those that are compared",
        "actors/comparing.py",
        "command.prompt, attachments=with_it))\n",
        "command.prompt))\n",
    ),
    Mutation(
        "what goes with a prompt that is compared is kept with none of them",
        "actors/archive_comparisons.py",
        "comparison.prompt, attachments=attachments)\n",
        "comparison.prompt)\n",
    ),
    Mutation(
        "what was compared is picked without what went with it",
        "actors/answers.py",
        "attached(columns)",
        "()",
    ),
)
"""Each is caught within so many seeds, or the simulation does not look where it should."""

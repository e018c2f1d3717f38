"""What came for whoever writes, given to the composer and the lists: prompts that come back, files, drafts, answers."""

from ui.attaching import Attaching
from ui.composer import Composer
from ui.drafts import Drafts
from ui.finder import Finder
from ui.model import Model


class Handover:
    """Empties the model of what is not for the transcript. UI thread only."""

    def __init__(self, model: Model, composer: Composer, drafts: Drafts, attaching: Attaching, finder: Finder) -> None:
        self._model = model
        self._composer = composer
        self._drafts = drafts
        self._attaching = attaching
        self._finder = finder

    def hand_over(self) -> None:
        """Give all that came since the last time."""
        model = self._model
        self._drafts.show(model.shown.id, model.shown.silent)
        if model.drafts:
            self._drafts.recall(model.drafts)
            model.drafts.clear()
        self._hand_over_texts()
        self._hand_over_offers()
        self._finder.refresh()
        for answer in model.answers:
            self._finder.answer(answer)
        model.answers.clear()

    def _hand_over_offers(self) -> None:
        """A prompt to be changed, and a question to one who judges."""
        model, offered = self._model, (self._model.offered, self._model.comparisons.offered)
        model.offered = model.comparisons.offered = None
        for offer in offered:
            if offer is not None and offer.conversation == model.shown.id:
                self._composer.offer(offer)

    def _hand_over_texts(self) -> None:
        model, composer = self._model, self._composer
        for text in model.returned:
            composer.put_back(text)
        model.returned.clear()
        for files in model.offered_files:
            composer.attach(files)
            self._attaching.watch()
        model.offered_files.clear()
        if model.recalled:
            composer.remember(model.recalled)
            model.recalled.clear()

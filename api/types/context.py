"""What resolvers are given: who asks, and where answers come from."""

import asyncio
from collections.abc import Sequence

import strawberry
from starlette.requests import HTTPConnection
from strawberry.fastapi import BaseContext

from api.attendance import finish_regardless
from api.errors import ApiError, ErrorCode
from api.feed import Feed
from api.lines import Place
from api.office import Office
from api.projected import Fields
from api.questions import Questions
from api.settings import ApiSettings
from api.tokens import Caller
from api.trail import Trail
from api.views import View
from graph.client import GraphClient
from graph.projection import Compiler
from ledger.auditor import Auditor
from ledger.errors import LedgerError
from ledger.ledger import Ledger
from ledger.quality import TableQuality, letters_and_qualities
from ledger.sources import SourceStatus, source_statuses

MAX_QUESTIONS = 50


class Context(BaseContext):
    """One request. Source statuses are read at most once."""

    def __init__(
        self,
        *,
        caller: Caller,
        settings: ApiSettings,
        graph: GraphClient,
        ledger: Ledger,
        compiler: Compiler,
        fields: Fields,
        view: View,
        auditor: Auditor,
        purpose: str | None = None,
        questions: Questions | None = None,
        feed: Feed | None = None,
        office: Office | None = None,
    ) -> None:
        super().__init__()
        self.caller = caller
        self.settings = settings
        self.graph = graph
        self.ledger = ledger
        self.compiler = compiler
        self.fields = fields
        self.view = view  # what the caller's role may see
        self.office = office
        self.trail = Trail(auditor, caller, purpose)  # which tells why she asks, in her words
        self._asked = questions
        self._feed = feed
        self._statuses: Sequence[SourceStatus] | None = None
        self._questions = 0
        self.deadline: asyncio.Timeout | None = None  # of the answer

    def finish_regardless(self) -> None:
        """Before what writes: it is done whole, whoever goes away and however long it takes."""
        if self.deadline is not None:
            self.deadline.reschedule(None)
        if self.request is not None:
            finish_regardless(self.request.scope)

    @property
    def questions(self) -> Questions:
        """Raises ApiError where the service was started without."""
        if self._asked is None:
            raise ApiError(ErrorCode.UNAVAILABLE, "This service was started without the memory of identity.")
        return self._asked

    @property
    def feed(self) -> Feed:
        """Raises ApiError where the service was started without."""
        if self._feed is None:
            raise ApiError(ErrorCode.UNAVAILABLE, "This service was started without the memory of identity.")
        return self._feed

    def count_question(self) -> None:
        """Before what costs statements of its own: raises ApiError if a request has too many of that."""
        self._questions += 1
        if self._questions > MAX_QUESTIONS:
            raise ApiError(
                ErrorCode.BAD_USER_INPUT,
                f"One request asks for at most {MAX_QUESTIONS} explanations, histories, previews and ways.",
            )

    async def statuses(self) -> Sequence[SourceStatus]:
        """How each source is doing; raises ApiError UNAVAILABLE without the ledger."""
        if self._statuses is None:
            try:
                self._statuses = await source_statuses(self.ledger)
            except LedgerError as fault:
                raise _unavailable() from fault
        return self._statuses

    async def data_quality(self) -> tuple[dict[str, int], list[TableQuality]]:
        """Dead letters by system, and what each table's data are like; raises ApiError UNAVAILABLE."""
        try:
            return await letters_and_qualities(self.ledger)
        except LedgerError as fault:
            raise _unavailable() from fault


class Stranger(Context):
    """Of a websocket that has not said yet who it is. Operations wait for that, so that nothing is asked of it."""

    place: Place

    def __init__(self, connection: HTTPConnection) -> None:
        BaseContext.__init__(self)
        self.connection = connection

    def become(self, known: Context) -> None:
        self.__dict__.update(known.__dict__)


def _unavailable() -> ApiError:
    return ApiError(ErrorCode.UNAVAILABLE, "The ledger does not answer at the moment: try again.")


Info = strawberry.Info[Context, None]

"""Where diagnoses go beside the flow and the terminal: events, webhook, metrics. Opened, changed and closed by options.

Nothing of them is imported while their option is unset, and whatever goes wrong in them costs one log line.
"""

import logging
from time import monotonic
from typing import TYPE_CHECKING, Final

from mitmproxy import addonmanager, ctx, exceptions, http
from mitmproxy.tools.dump import DumpMaster

from analyzers.capture import Result
from analyzers.diagnosis import Diagnosis
from analyzers.twilio import is_twilio_host

if TYPE_CHECKING:
    from addon.events import News
    from addon.metrics import Metrics, Way
    from addon.numbers import Numbers
    from addon.sinks.courier import Courier

logger = logging.getLogger(__name__)

EVENTS: Final = "why20003_events"
WEBHOOK: Final = "why20003_webhook"
METRICS_PORT: Final = "why20003_metrics_port"
EVENTS_HELP: Final = (
    "Write every new diagnosis as a line of JSON: into this file (appended, private), - for standard output under "
    "mitmdump, unix:PATH for the socket of a collector; empty for none."
)
WEBHOOK_HELP: Final = (
    "Post every new diagnosis as JSON to this https:// URL (http:// for this machine only); empty for none. It holds "
    "no secret."
)
METRICS_PORT_HELP: Final = "Serve metrics for Prometheus at this port of 127.0.0.1; 0 for none."
_END_SECONDS: Final = 4.0
"""How long all of them together may hold up the end."""


class Outlets:
    """What listens to the diagnoses. `is_on` is whether anything does."""

    def __init__(self) -> None:
        self.is_on = False
        self._news: dict[str, News] = {}
        self._metrics: Metrics | None = None
        self._last_metrics: Metrics | None = None
        self._numbers: Numbers | None = None
        self._values: dict[str, object] = {EVENTS: "", WEBHOOK: "", METRICS_PORT: 0}
        """What is open now, by option."""
        self._closing: list[Courier] = []
        self._is_faulty = False

    # --- options ------------------------------------------------------------------------------------------------------
    def load(self, loader: addonmanager.Loader) -> None:
        loader.add_option(EVENTS, str, "", EVENTS_HELP)
        loader.add_option(WEBHOOK, str, "", WEBHOOK_HELP)
        loader.add_option(METRICS_PORT, int, 0, METRICS_PORT_HELP)

    def configure(self, updated: set[str]) -> None:
        """Open what the options ask for. OptionsError for what cannot be opened; what was open then stays."""
        faults = []
        for option in (EVENTS, WEBHOOK, METRICS_PORT):
            if option not in updated or (value := getattr(ctx.options, option)) == self._values[option]:
                continue  # mitmproxy asks again after it has put an old value back
            try:
                self._change(option, value)
            except (OSError, ValueError) as error:
                why = (error.strerror if isinstance(error, OSError) else None) or str(error)
                shown = f" {value}:" if option != WEBHOOK else ""
                faults.append(f"{option}:{shown} {why}")
            else:
                self._values[option] = value
        self.is_on = bool(self._news or self._metrics)
        if faults:
            raise exceptions.OptionsError("; ".join(faults))

    def done(self) -> None:
        """Close everything; what waits has a few seconds to be delivered."""
        for option in self._news:
            self._closing.append(self._news[option].courier)
        self._news.clear()
        self.is_on = False
        for courier in self._closing:
            courier.close()
        if self._metrics is not None:
            self._metrics.close()
            self._metrics.join()
            self._metrics = None
        end = monotonic() + _END_SECONDS
        for courier in self._closing:
            courier.join(end - monotonic())
        self._closing.clear()

    def _change(self, option: str, value: str | int) -> None:
        if option == METRICS_PORT:
            self._serve(int(value))
            return
        news = self._opened(option, str(value)) if value else None
        if (before := self._news.pop(option, None)) is not None:
            before.courier.close()
            self._closing = [one for one in self._closing if not one.is_over] + [before.courier]
        if news is not None:
            self._news[option] = news

    # Imported here, because only who sets an option has to wait for what it needs.
    def _opened(self, option: str, value: str) -> "News":
        if option == WEBHOOK:
            from addon import webhook  # noqa: PLC0415 - see above

            return webhook.opened(value)
        from addon import events  # noqa: PLC0415 - see above

        return events.opened(option, value, may_print=isinstance(ctx.master, DumpMaster))

    def _serve(self, port: int) -> None:
        if port and not 0 < port < 65536:
            raise ValueError("a port is a number from 1 to 65535; 0 for none")
        served, numbers = None, self._numbers
        if port:
            if self._last_metrics is not None:
                self._last_metrics.join()  # a tenth of a second at most; its port may be the one that is asked for
            from addon.metrics import Metrics  # noqa: PLC0415 - see above
            from addon.numbers import Numbers  # noqa: PLC0415 - see above

            numbers = numbers or Numbers()
            served = Metrics(port, numbers, self._ways)
        if self._metrics is not None:
            self._metrics.close()
            self._last_metrics = self._metrics
        self._metrics, self._numbers = served, numbers if port else None

    def _ways(self) -> "dict[str, Way]":
        """How each of them does, for the metrics."""
        from addon.metrics import Way  # noqa: PLC0415 - see above

        couriers = {option.removeprefix("why20003_"): news.courier for option, news in [*self._news.items()]}
        return {name: Way(one.delivered, one.dropped, one.waiting) for name, one in couriers.items()}

    # --- what happens -------------------------------------------------------------------------------------------------
    def passed(self, flow: http.HTTPFlow) -> None:
        """An exchange that succeeded as others before."""
        if self._numbers is not None:
            self._numbers.passed(_host_of(flow))

    def again(self, flow: http.HTTPFlow, diagnosis: Diagnosis) -> None:
        """A refusal that was judged before in just this form."""
        try:
            for news in self._news.values():
                news.again(diagnosis, flow.request.timestamp_start)
            if self._numbers is not None:
                self._numbers.refused(_host_of(flow), diagnosis)
        except Exception as error:  # noqa: BLE001 - the traffic goes on
            self._failed(error)

    def judged(self, flow: http.HTTPFlow, result: Result, seconds: float) -> None:
        """What an exchange brought, and how long that took to find out."""
        try:
            for news in self._news.values():
                news.judged(result)
            if self._numbers is not None:
                self._numbers.judged(_host_of(flow), result, seconds)
        except Exception as error:  # noqa: BLE001 - the traffic goes on
            self._failed(error)

    def missed(self) -> None:
        """An exchange that could not be diagnosed."""
        if self._numbers is not None:
            self._numbers.undiagnosed += 1

    def _failed(self, error: Exception) -> None:
        if not self._is_faulty:
            self._is_faulty = True
            logger.warning(
                "why20003: an event could not be told (%s); more of these are not said", type(error).__name__
            )


def _host_of(flow: http.HTTPFlow) -> str:
    """The host that was called. What mitmproxy reads out of the Host header takes longer, and is mostly not needed."""
    host: str = flow.request.data.host
    return host if is_twilio_host(host) else flow.request.pretty_host


__all__ = ["Outlets"]

"""``why20003 sandbox``: a stand-in for Twilio's authentication gate on loopback."""

from pathlib import Path
from typing import Annotated

import typer

_LOOPBACK = ("127.", "localhost", "::1")


def sandbox(
    port: Annotated[int, typer.Option(help="Port to listen on; 0 for any free one.")] = 8020,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    ca: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write the throwaway CA certificate there, for clients to trust."),
    ] = None,
) -> None:
    """Serve a stand-in for api.twilio.com that says with every answer why it gave it.

    It is an HTTPS proxy too: with HTTPS_PROXY=http://127.0.0.1:8020 and the CA certificate trusted, every client
    reaches it under Twilio's own host names. All its accounts are invented; they are printed at the start.
    It connects nowhere.

    Example: why20003 sandbox --port 8020 --ca sandbox-ca.pem
    """
    from why20003.printing import complain, write
    from why20003.sandbox import LIVE, STANDARD_KEY, TEST, run

    if not host.startswith(_LOOPBACK):
        complain(f"listening on {host}: others on the network can reach this sandbox")
    write(
        f"live account  {LIVE.sid}  {LIVE.auth_token}\n"
        f"test pair     {TEST.sid}  {TEST.auth_token}\n"
        f"standard key  {STANDARD_KEY.sid}  {STANDARD_KEY.secret}\n"
    )
    raise typer.Exit(run(host, port, ca))

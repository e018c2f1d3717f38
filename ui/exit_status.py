"""The exit statuses: one table, of which --help, the man page and README tell."""

DONE, FAILED, USAGE, INTERRUPTED = 0, 1, 2, 130

EXIT_STATUSES: tuple[tuple[str, str], ...] = (
    (str(DONE), "done; a reply that was cut at the length limit is done, and that is said"),
    (str(FAILED), "the server, the model, the disk or a check failed, or nothing was found"),
    (str(USAGE), "wrong usage: an argument, an environment variable, a file or the configuration makes no sense"),
    ("129", "the terminal was closed (SIGHUP)"),
    (str(INTERRUPTED), "interrupted by Ctrl-C (SIGINT)"),
    ("143", "ended by SIGTERM"),
)


def exit_statuses() -> str:
    """Return the table as --help shows it."""
    return "\n".join(["Exit statuses:", *(f"  {number:<4} {meaning}" for number, meaning in EXIT_STATUSES)])

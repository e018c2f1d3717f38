def script(shell: str) -> str:
    return shell

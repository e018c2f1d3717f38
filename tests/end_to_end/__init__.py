"""The whole program: real processes, a real terminal, a real HTTP server, recorded traffic."""

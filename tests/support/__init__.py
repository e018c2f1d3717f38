"""What tests share: addresses that listen, a clock that stands still, recorded traffic, a server, a terminal."""

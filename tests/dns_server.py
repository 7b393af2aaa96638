"""A DNS server on loopback, by UDP and TCP, with the records that a test writes down."""

from __future__ import annotations

import socketserver
import struct
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdataclass
import dns.rdatatype
import dns.resolver
import dns.rrset

Handler = type[socketserver.BaseRequestHandler]
#: Ports that are tried.
TRIES = 20
#: Bytes of an answer by UDP without EDNS (RFC 1035 4.2.1).
MAX_UDP = 512


class Zone:
    """Records by name and type; a name without any does not exist."""

    def __init__(self, records: Sequence[str]) -> None:
        self.sets: dict[tuple[dns.name.Name, dns.rdatatype.RdataType], dns.rrset.RRset] = {}
        for line in records:
            name, kind, data = line.split(maxsplit=2)
            self.add(dns.name.from_text(name), dns.rdatatype.from_text(kind), data)

    def add(self, name: dns.name.Name, kind: dns.rdatatype.RdataType, data: str) -> None:
        """Add a record."""
        made = dns.rrset.from_text(name, 60, dns.rdataclass.IN, kind, data)
        if known := self.sets.get((name, kind)):
            known.add(made[0])
        else:
            self.sets[name, kind] = made

    def answer(self, wire: bytes, *, by_udp: bool) -> bytes:
        """Return the answer to a question, aliases followed; one too long for UDP is cut off."""
        asked = dns.message.from_wire(wire)
        reply = dns.message.make_response(asked, recursion_available=True)
        question = asked.question[0]
        name = question.name
        while alias := self.sets.get((name, dns.rdatatype.CNAME)):
            reply.answer.append(alias)
            name = alias[0].target
        if found := self.sets.get((name, question.rdtype)):
            reply.answer.append(found)
        elif not any(known == name for known, _ in self.sets):
            reply.set_rcode(dns.rcode.NXDOMAIN)
        whole = reply.to_wire()
        if by_udp and len(whole) > MAX_UDP:
            short = dns.message.make_response(asked, recursion_available=True)
            short.flags |= dns.flags.TC
            return short.to_wire()
        return whole


@contextmanager
def serving(records: Sequence[str]) -> Iterator[dns.resolver.Resolver]:
    """Serve records, and yield a resolver that asks only this server."""
    zone = Zone(records)

    class ByUdp(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            data, sock = self.request
            sock.sendto(zone.answer(data, by_udp=True), self.client_address)

    class ByTcp(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            (length,) = struct.unpack("!H", self.rfile.read(2))
            reply = zone.answer(self.rfile.read(length), by_udp=False)
            self.wfile.write(struct.pack("!H", len(reply)) + reply)

    udp, tcp = listen(ByUdp, ByTcp)
    with udp, tcp:
        for server in (udp, tcp):
            threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        resolver = dns.resolver.Resolver(configure=False)
        resolver.nameservers, resolver.port = ["127.0.0.1"], udp.server_address[1]
        resolver.timeout, resolver.lifetime = 1.0, 2.0
        try:
            yield resolver
        finally:
            udp.shutdown()
            tcp.shutdown()


def listen(
    by_udp: Handler, by_tcp: Handler
) -> tuple[socketserver.UDPServer, socketserver.TCPServer]:
    """Listen at a port that is free for both; one that is free for UDP may be taken for TCP."""
    for _ in range(TRIES):
        tcp = socketserver.ThreadingTCPServer(("127.0.0.1", 0), by_tcp)
        try:
            return socketserver.ThreadingUDPServer(tcp.server_address, by_udp), tcp
        except OSError:
            tcp.server_close()
    raise AssertionError(f"no port of {TRIES} is free for UDP and TCP")

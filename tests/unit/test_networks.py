"""Which addresses are on the public internet: the first and the last of every special network."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.networks import SPECIAL_V4, SPECIAL_V6, is_public

#: What clouds answer at, from inside: keys of the machine, among other things.
METADATA = [
    *("169.254.169.254", "169.254.170.2", "169.254.169.253", "169.254.169.123", "169.254.0.23"),
    *("168.63.129.16", "100.100.100.200", "192.0.0.192", "fd00:ec2::254", "fd20:ce::254"),
    *("fd00:ec2::23", "fd00:42::42", "::ffff:169.254.169.254", "::ffff:168.63.129.16"),
    *("64:ff9b::a9fe:a9fe", "64:ff9b::a83f:8110", "64:ff9b:1::a9fe:a9fe", "2002:a9fe:a9fe::1"),
]

INSIDE = [
    *("127.0.0.1", "127.1.2.3", "10.255.255.255", "172.31.255.255", "192.168.0.1", "0.0.0.0"),
    *("100.64.0.0", "100.127.255.255", "192.0.0.9", "192.0.0.10", "192.88.99.1", "198.19.255.255"),
    *("224.0.0.1", "239.255.255.255", "255.255.255.255", "192.31.196.1", "192.52.193.1"),
    *("::", "::1", "::127.0.0.1", "::8.8.8.8", "::ffff:10.0.0.1", "::ffff:0:8.8.8.8"),
    *("64:ff9b::127.0.0.1", "64:ff9b::a00:1", "64:ff9b:1::808:808", "64:ff9b:1:ffff::1"),
    *("2001::1", "2001:0:808:808::1", "2001:10::1", "2001:20::1", "2001:1::1", "2001:2::1"),
    *("2001:db8::1", "3fff::1", "3ffe::1", "5f00::1", "100::1", "100:0:0:1::1", "4000::1"),
    *("2002:7f00:1::", "2002:808:808::1", "fc00::1", "fdff::1", "fe80::1", "fe80::1%eth0"),
    *("fec0::1", "ff02::1", "ff0e::1", "2606:4700::5efe:10.0.0.1", "2606:4700::200:5efe:7f00:1"),
    *("2606:4700:4700::1111%eth0", "", "localhost", "1.1.1", "0x7f.1", "2130706433", "01.1.1.1"),
]

OUTSIDE = [
    *("1.1.1.1", "8.8.8.8", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0"),
    *("126.255.255.255", "128.0.0.0", "168.63.129.15", "168.63.129.17", "172.15.255.255"),
    *("172.32.0.0", "192.0.1.0", "192.0.3.0", "192.88.98.255", "192.88.100.0", "198.17.255.255"),
    *("198.20.0.0", "223.255.255.255", "2606:4700:4700::1111", "2a00:1450::1", "2001:200::1"),
    *("2001:4860:4860::8888", "2003::1", "::ffff:1.1.1.1", "64:ff9b::808:808"),
    *("2606:4700::5efe:8.8.8.8", "2001:db7::1", "2001:db9::1"),
]


@pytest.mark.parametrize("address", METADATA)
def test_metadata_is_not_public(address: str) -> None:
    """What a cloud tells its own machines is in nobody's mail, in whatever form it is written."""
    assert not is_public(address)


@pytest.mark.parametrize("address", INSIDE)
def test_special_addresses_are_not_public(address: str) -> None:
    """Nor are those of IANA's registries, and what is no address at all."""
    assert not is_public(address)


@pytest.mark.parametrize("address", OUTSIDE)
def test_hosts_are_public(address: str) -> None:
    """Whose neighbours are, as long as they are hosts."""
    assert is_public(address)


@pytest.mark.parametrize("network", SPECIAL_V4, ids=str)
def test_a_special_network_is_one_in_every_form(network: object) -> None:
    """Its first and its last address, also mapped, translated, and in 6to4, Teredo and ISATAP."""
    for address in (network[0], network[-1]):  # type: ignore[index]
        number = int(address)
        assert not is_public(str(address))
        for prefix in ("::ffff:0:0", "64:ff9b::", "::", "64:ff9b:1::", "2606:4700::5efe:0:0"):
            assert not is_public(str(IPv6Address(int(IPv6Address(prefix)) | number)))
        assert not is_public(str(IPv6Address((0x2002 << 112) | (number << 80))))
        assert not is_public(str(IPv6Address((0x20010000 << 96) | (number ^ 0xFFFFFFFF))))


@pytest.mark.parametrize("network", SPECIAL_V6, ids=str)
def test_a_special_network_has_two_ends(network: object) -> None:
    """Both of them are in it."""
    assert not is_public(str(network[0]))  # type: ignore[index]
    assert not is_public(str(network[-1]))  # type: ignore[index]


@given(st.integers(0, 2**32 - 1))
def test_what_python_takes_for_private_is(number: int) -> None:
    """The table is never more generous than Python's; nor is its mapped form."""
    address = IPv4Address(number)

    if not address.is_global or address.is_multicast:
        assert not is_public(str(address))
    assert is_public(str(address)) == is_public(f"::ffff:{address}")


@given(st.integers(0, 2**128 - 1))
def test_what_python_takes_for_private_is_in_ipv6(number: int) -> None:
    """The same of IPv6, of which two of three addresses are nobody's."""
    address = IPv6Address(number)

    if not address.is_global:
        assert not is_public(str(address))

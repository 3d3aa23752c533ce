"""What can be said of a web address by looking at it: is it https, and does it look public?

Knows how hosts are written, also to deceive; must never resolve a name or open a connection.
"""

import ipaddress
import re
import unicodedata
from urllib.parse import SplitResult, urlsplit

_PRIVATE_SUFFIXES = frozenset(
    {"localhost", "local", "localdomain", "internal", "intranet", "lan", "home", "corp", "arpa"}
)
_NUMBER = re.compile(r"0[xX][0-9a-fA-F]*\Z|[0-9]+\Z")
_LABEL = re.compile(r"(?!-)[\w-]{1,63}(?<!-)\Z")
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_GLOBAL_UNICAST = ipaddress.ip_network("2000::/3")
"""All that is handed out to the public; site-local and IPv4-compatible addresses lie outside."""


def address_problem(url: str) -> str | None:
    """Return what is wrong with an address that members would be sent to, or None.

    >>> address_problem("https://example.org/a")
    >>> address_problem("http://example.org/a")
    'is not https'
    >>> address_problem("https://0x7f.1/")
    'leads to a private or local address'
    """
    if any(character.isspace() or not character.isprintable() for character in url):
        return "holds a space or an invisible character"
    try:
        parts = urlsplit(url)
        host = unicodedata.normalize("NFKC", parts.hostname or "")
        host = host.replace("\N{IDEOGRAPHIC FULL STOP}", ".").rstrip(".")
        parts.port  # noqa: B018 - reading it is what checks it
    except ValueError:
        return "is not a web address"
    return _problem_of(parts, host)


def is_public_ip(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    """Say whether an IP address is reachable by everybody and reserved for nothing.

    An IPv6 address that carries an IPv4 address (mapped, 6to4, NAT64) is as public as that one.
    """
    if isinstance(address, ipaddress.IPv6Address):
        carried = address.ipv4_mapped or address.sixtofour
        if carried is None and address in _NAT64:
            carried = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if carried is not None:
            return is_public_ip(carried)
        if address not in _GLOBAL_UNICAST:
            return False
    return address.is_global and not address.is_multicast


def _problem_of(parts: SplitResult, host: str) -> str | None:
    if parts.scheme.lower() != "https":
        return "is not https" if parts.scheme.lower() == "http" else "is not a web address"
    if "@" in parts.netloc or "\\" in parts.netloc:
        return "holds a user name or password"
    if not host:
        return "is not a web address"
    address = _ip_address(host)
    if address is not None:
        return None if is_public_ip(address) else "leads to a private or local address"
    labels = host.split(".")
    if len(labels) < 2 or labels[-1].lower() in _PRIVATE_SUFFIXES:
        return "leads to a private or local address"
    if not all(_LABEL.match(label) for label in labels) or labels[-1].isdecimal():
        return "is not a web address"
    return None


def _ip_address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """Return the IP address that a host stands for, in any spelling that browsers accept."""
    try:
        return ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        pass
    parts = host.split(".")
    if len(parts) > 4 or not all(_NUMBER.match(part) for part in parts):
        return None
    try:
        numbers = [_number(part) for part in parts]
    except ValueError:
        return None
    *leading, last = numbers
    if any(number > 255 for number in leading) or last >= 256 ** (5 - len(parts)):
        return None
    value = last + sum(number << (8 * (3 - place)) for place, number in enumerate(leading))
    return ipaddress.IPv4Address(value)


def _number(text: str) -> int:
    """Read a part of an address as C does: 0x is hexadecimal, a leading 0 octal."""
    if text[:2] in ("0x", "0X"):
        return int(text[2:] or "0", 16)
    return int(text, 8) if text.startswith("0") else int(text)

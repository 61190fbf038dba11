"""In place of ipaddress, which urllib.parse imports for hosts in brackets."""


def ip_address(address: str) -> None:
    """Refuse."""
    raise NotImplementedError(f"numeric hosts are left out of the browser's library: {address}")

"""A webhook leads to a public https address, whatever form the inside address takes."""

import pytest

from services.notifications.webhooks.destinations import (
    AddressNotAllowed,
    Destinations,
    HostUnknown,
    Resolve,
)


def answering(*addresses: str) -> Resolve:
    async def resolver(_host: str, _port: int) -> list[str]:
        return list(addresses)

    return resolver


class TestInside:
    @pytest.mark.parametrize(
        "address",
        [
            "127.0.0.1", "10.1.2.3", "172.16.0.9", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",
            "224.0.0.1", "255.255.255.255", "192.0.2.1", "198.18.0.1", "240.0.0.1",
            "::1", "::", "fe80::1", "fc00::1", "fd12:3456::1", "fec0::1", "ff02::1", "2001:db8::1",
            "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::127.0.0.1", "64:ff9b::7f00:1",
            "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "2002:7f00:1::", "2002:a00:1::1", "2001:0:4136:e378::1",
            "fe80::1%eth0",
        ],
    )  # fmt: skip
    async def test_a_name_is_refused_when_it_points_there(self, address: str) -> None:
        with pytest.raises(AddressNotAllowed):
            await Destinations(resolver=answering(address)).check("https://hooks.example/in")

    async def test_a_name_is_refused_when_one_of_its_addresses_is_inside(self) -> None:
        with pytest.raises(AddressNotAllowed):
            await Destinations(resolver=answering("93.184.216.34", "10.0.0.1")).check(
                "https://hooks.example/"
            )

    @pytest.mark.parametrize("host", ["127.1", "2130706433", "0x7f000001", "0177.0.0.1", "localhost"])
    async def test_the_spellings_of_this_machine_are_refused_when_really_resolved(self, host: str) -> None:
        with pytest.raises((AddressNotAllowed, HostUnknown)):
            await Destinations().check(f"https://{host}/")


class TestUrls:
    @pytest.mark.parametrize(
        "url",
        [
            "http://hooks.example/", "ftp://hooks.example/", "file:///etc/passwd", "https://", "https:///x",
            "https://user@hooks.example/", "https://user:@hooks.example/", "https://hooks.example/#part",
            "https://hooks.example:22/", "https://hooks.example:99999/", "https://hooks.example:x/",
            "https://hooks.example/\r\nHost: x", "https://hooks.example/a b", "//hooks.example/", "hooks.example",
            "https://hooks%2eexample/", "https://[::1/", "https://hooks.example\\@inside/", "https://" + "a" * 3000,
        ],
    )  # fmt: skip
    async def test_it_is_refused_when_it_is_no_plain_https(self, url: str) -> None:
        with pytest.raises(AddressNotAllowed):
            await Destinations(resolver=answering("93.184.216.34")).check(url)

    async def test_it_connects_to_the_checked_address_and_speaks_to_the_name(self) -> None:
        found = await Destinations(resolver=answering("2606:4700::1111")).check(
            "https://häfele.example:8443/a?b=1"
        )
        assert found.url == "https://[2606:4700::1111]:8443/a?b=1"
        assert found.host_header == "xn--hfele-gra.example:8443"

    async def test_the_name_is_asked_once_per_try(self) -> None:
        answers = iter([["93.184.216.34"], ["10.0.0.1"]])

        async def rebinding(_host: str, _port: int) -> list[str]:
            return next(answers)

        destinations = Destinations(resolver=rebinding)
        assert (await destinations.check("https://hooks.example/")).address == "93.184.216.34"
        with pytest.raises(AddressNotAllowed):
            await destinations.check("https://hooks.example/")

    async def test_it_is_unknown_when_nothing_answers(self) -> None:
        async def failing(_host: str, _port: int) -> list[str]:
            raise OSError

        for resolver in (answering(), answering("nonsense"), failing):
            with pytest.raises(HostUnknown):
                await Destinations(resolver=resolver).check("https://hooks.example/")


class TestDevelopment:
    async def test_this_machine_is_allowed_when_the_setting_says_so(self) -> None:
        here = Destinations(loopback=True, resolver=answering("127.0.0.1"))
        assert (await here.check("http://localhost:9000/")).url == "http://127.0.0.1:9000/"
        for inside in ("10.0.0.1", "169.254.169.254"):
            with pytest.raises(AddressNotAllowed):
                await Destinations(loopback=True, resolver=answering(inside)).check("https://x.example/")

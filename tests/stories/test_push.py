"""A message on a device, in a real browser: turn it on, get a call, tap it, answer.

Chromium has no internet here, so its vendor's push service is not there to subscribe at. One thing stands in for it:
`PushManager.subscribe` and `getSubscription` of the page answer with a subscription of the pretend push service, which
keeps the browser's half of the keys. That service takes what the worker sends, checks our signature and decrypts it as
the browser would; the plain text is handed to the real service worker by the browser's own debugging door (CDP,
`ServiceWorker.deliverPushMessage`). A tap on a notification cannot be made that way, so the event is sent within the
service worker, and what it would open is opened by the test: browsers open windows only for a real finger.
"""

import json
from typing import Any

from django.utils import timezone
from playwright.sync_api import BrowserContext, Page, Worker, expect

from alliances.models import User
from messaging.models import ContactPoint
from signals.models import Answer
from tests.acting import as_worker
from tests.cast import make_cast
from tests.fleet import Fleet, eventually
from tests.stories.conftest import SIZES, Tab
from tests.stories.looking import check, nl
from tests.stories.steps import raise_urgent_signal

STAND_IN = """(given) => {
  const made = { endpoint: given.endpoint, toJSON: () => given, unsubscribe: async () => true };
  PushManager.prototype.subscribe = async (options) => {
    if (!options.userVisibleOnly || !options.applicationServerKey) throw new TypeError("not like this");
    localStorage.setItem("subscribed", "yes");
    return made;
  };
  PushManager.prototype.getSubscription = async () => (localStorage.getItem("subscribed") ? made : null);
}"""
SHOWN = """async () => (await (await navigator.serviceWorker.ready).getNotifications()).map(
  (one) => ({ title: one.title, body: one.body, tag: one.tag }))"""
# A reading that comes between a notification's being kept and its being on the screen makes Chromium drop it for good.
# So nobody reads before the service worker knows that it stands there.
COUNT = """() => {
  self.put = 0;
  self.show ??= self.registration.showNotification;
  self.registration.showNotification = async (...given) => {
    await self.show.apply(self.registration, given);
    self.put += 1;
  };
}"""
TAP = """async (body) => {
  const notification = (await self.registration.getNotifications()).find((one) => one.body === body);
  let opened = "";
  let work = null;
  Object.defineProperty(self.clients, "openWindow", { configurable: true, value: async (url) => { opened = url; } });
  const tap = new NotificationEvent("notificationclick", { notification });
  Object.defineProperty(tap, "waitUntil", { value: (promise) => { work = promise; } });
  self.dispatchEvent(tap);
  await work;
  return opened;
}"""
CHANGE = """async ([before, after]) => {
  let work = null;
  const change = new ExtendableEvent("pushsubscriptionchange");
  Object.defineProperty(change, "oldSubscription", { value: before });
  Object.defineProperty(change, "newSubscription", { value: { ...after, toJSON: () => after } });
  Object.defineProperty(change, "waitUntil", { value: (promise) => { work = promise; } });
  self.dispatchEvent(change);
  await work;
}"""


class Device:
    """A phone with the site open, whose push service is the pretend one."""

    def __init__(self, fleet: Fleet, page: Page) -> None:
        self.fleet, self.page = fleet, page
        self.context: BrowserContext = page.context
        self.context.grant_permissions(["notifications"], origin=fleet.url)
        self.subscription: dict[str, Any] = fleet.network.subscription()
        page.add_init_script(f"({STAND_IN})({json.dumps(self.subscription)})")

    def turn_on(self) -> None:
        """As a person does it."""
        self.page.goto("/ik/")
        self.page.get_by_role("button", name=nl("Turn on messages on this device")).click()
        expect(self.page.get_by_text(nl("This device gets messages."))).to_be_visible()

    def receive(self) -> dict[str, Any]:
        """The newest message at the push service, decrypted there, handed to the service worker; what it said."""
        came = self.fleet.message(to=self.subscription["endpoint"].lower(), channel="push")
        self.deliver(came["html"])
        said: dict[str, Any] = json.loads(came["html"])
        return said

    def deliver(self, text: str) -> None:
        """Let the browser give a text to the service worker, until its notification is on the screen."""
        self.page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")  # only an active one hears anything
        self.worker.evaluate(COUNT)
        door = self.context.new_cdp_session(self.page)
        found: list[str] = []
        door.on(
            "ServiceWorker.workerRegistrationUpdated",
            lambda news: found.extend(each["registrationId"] for each in news["registrations"]),
        )
        door.send("ServiceWorker.enable")
        while not found:  # news comes while the page waits; the test's own time limit ends this
            self.page.wait_for_timeout(20)
        door.send(
            "ServiceWorker.deliverPushMessage",
            {"origin": self.fleet.url, "registrationId": found[0], "data": text},
        )
        door.detach()
        eventually(lambda: self.worker.evaluate("self.put"), what="a notification")

    def shown(self) -> list[dict[str, str]]:
        """What stands on the screen."""
        found: list[dict[str, str]] = self.page.evaluate(SHOWN)
        return found

    @property
    def worker(self) -> Worker:
        return self.context.service_workers[0]


def device_of(user: User) -> list[ContactPoint]:
    with as_worker():
        return list(ContactPoint.objects.filter(user=user, kind="push"))


def test_turn_it_on_get_a_call_tap_and_answer(fleet: Fleet, tab: Tab):
    cast = make_cast()
    device = Device(fleet, tab(cast.resident))
    device.turn_on()
    (kept,) = device_of(cast.resident)
    assert kept.address == device.subscription["endpoint"]
    check(device.page)

    # The test that comes at once, and says nothing.
    assert device.receive()["text"] == "Dit is een test. Meldingen op dit toestel werken."
    (shown,) = device.shown()
    assert shown["title"] == "Aan tafel"
    device.receive()  # once more: it takes the place of the first
    assert len(device.shown()) == 1

    # A call.
    fleet.network.clear()
    caller = tab(cast.police, "desk")
    raise_urgent_signal(caller, f"{fleet.url}/tafel/{cast.table.uuid}/")
    caller.get_by_role("button", name=nl("Yes, call them")).click()
    said = device.receive()
    (shown,) = [one for one in device.shown() if one["body"] == said["text"]]
    assert not any(word in json.dumps(shown).lower() for word in ("plein", "politie", "bondgeno", "onrust"))

    opened = device.worker.evaluate(TAP, said["text"])
    assert opened == said["link"]
    assert opened.startswith(f"{fleet.url}/k/")
    reader = tab()  # whoever holds the phone need not be signed in
    reader.goto(opened)
    reader.locator("button[name=answer][value=coming]").click()
    expect(reader.get_by_role("status").first).to_be_visible()
    with as_worker():
        answer = Answer.objects.get(recipient__membership=cast.seat(cast.resident))
    assert answer.value == "coming"


def test_a_link_to_elsewhere_is_not_opened_and_nonsense_is_shown_kindly(fleet: Fleet, tab: Tab):
    cast = make_cast()
    device = Device(fleet, tab(cast.resident))
    device.turn_on()
    device.deliver(json.dumps({"text": "Kijk hier eens", "link": "https://elders.example/k/abc"}))
    assert device.worker.evaluate(TAP, "Kijk hier eens") == f"{fleet.url}/"
    device.deliver("geen json")
    (shown,) = device.shown()
    assert shown["body"] == nl("There is a message for you.")


def test_a_browser_that_changes_its_subscription_says_so_itself(fleet: Fleet, tab: Tab):
    cast = make_cast()
    device = Device(fleet, tab(cast.resident))
    device.turn_on()
    (before,) = device_of(cast.resident)
    new = fleet.network.subscription()
    device.worker.evaluate(CHANGE, [device.subscription, new])
    (after,) = device_of(cast.resident)
    assert (after.pk, after.address) == (before.pk, new["endpoint"])


def test_my_page_is_readable_whatever_is_wrong(fleet: Fleet, tab: Tab):
    """STOP, an address that fails, a landline, tests that arrived and did not: at both widths."""
    cast = make_cast()
    now = timezone.now()
    with as_worker():
        points = ContactPoint.objects.filter(user=cast.municipality)
        points.filter(kind="mobile").update(stopped_at=now, may_ring=True)
        points.filter(kind="email").update(failed_at=now)
        ContactPoint.objects.create(user=cast.municipality, kind="landline", address="+31301234567", on_call_list=True)
    for size in SIZES:
        page = tab(cast.municipality, size)
        page.goto("/ik/")
        for more in page.locator("main details").all():
            more.evaluate("(details) => { details.open = true; }")
        check(page)
        page.goto(f"/tafel/{cast.table.uuid}/")
        check(page)
    page = tab(cast.municipality)
    page.goto("/ik/")
    page.get_by_role("button", name=nl("Ring me as a test")).click()
    said = page.locator(".bond-way__said").filter(has_text=nl("Nobody picked up, or the line was busy."))
    expect(said).to_be_visible(timeout=20_000)  # by itself: the phone rings for two seconds, and nobody is there
    check(page)

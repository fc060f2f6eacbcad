"""Who the demo's people are. All are invented, and nothing that is sent to them leaves the demo."""

from typing import NamedTuple


class Person(NamedTuple):
    """One person: how they are called, reached and known."""

    name: str
    role: str
    word: str
    mobile: str = ""
    email: str = ""
    landline: str = ""
    function: str = ""
    about: str = ""
    may_phone: bool = True


COORDINATOR = Person(
    "Petra", "municipality", "", email="petra@gemeente.example", function="coördinator", about="coördinator, gemeente"
)
BOTH = Person(
    "Erik de Boer",
    "police",
    "kompas",
    "+31612345611",
    "erik@politie.example",
    function="chef basisteam",
    about="politie, ook coördinator",
)
ADMINISTRATOR = Person("Beheer", "", "", email="beheer@bondgenoten.example", about="beheerder")

TABLE_OF_TEN = [
    Person(
        "Hanneke Visser",
        "police",
        "vuurtoren",
        "+31612345601",
        "hanneke@politie.example",
        function="teamchef",
        about="politie",
    ),
    Person(
        "Joost Verbeek",
        "municipality",
        "zonnebloem",
        "+31612345602",
        "joost@gemeente.example",
        function="gebiedsmanager",
        about="gemeente",
    ),
    Person("Wilma", "resident", "theepot", "+31612345603", "wilma@post.example", about="bewoner"),
    Person("Ruud", "resident", "gieter", "+31612345604", about="bewoner, alleen een telefoon"),
    Person(
        "Fatima",
        "resident",
        "klaproos",
        "+31612345605",
        "fatima@post.example",
        about="bewoner, wordt niet graag gebeld",
        may_phone=False,
    ),
    Person("Yusuf", "resident", "boemerang", "+31612345606", about="bewoner, 19 jaar"),
    Person("Chantal", "resident", "appeltaart", "+31612345607", "chantal@post.example", about="bewoner"),
    Person("Kofi", "resident", "trommel", "+31612345608", about="bewoner, werkt ’s nachts"),
    Person("Samira", "resident", "kastanje", "+31612345609", "samira@post.example", about="bewoner"),
    Person(
        "Linda",
        "resident",
        "regenjas",
        "",
        "linda@post.example",
        landline="+31302345610",
        about="bewoner, mail en een vaste telefoon",
    ),
]
FORMING = [
    Person(
        "Mustafa Kaya",
        "police",
        "lantaarn",
        "+31612345621",
        "mustafa@politie.example",
        function="wijkagent",
        about="politie, nieuwe tafel",
    ),
    Person("Ria", "resident", "breinaald", "+31612345622", about="bewoner, nieuwe tafel"),
]
CITY = [
    BOTH,
    Person(
        "Saskia Vermeulen",
        "municipality",
        "postduif",
        "+31612345612",
        "saskia@gemeente.example",
        function="adviseur",
        about="gemeente, stadstafel",
    ),
    Person("Dwight", "resident", "saxofoon", "+31612345613", about="bewoner, stadstafel"),
    Person("Lotte", "resident", "bakfiets", "+31612345614", "lotte@post.example", about="bewoner, stadstafel"),
]

"""The cast: one person for each kind of user in the method, around one full table, and a stranger. Always the same."""

from dataclasses import dataclass

from alliances.models import Alliance, Area, Membership, Role, User

from .acting import as_worker
from .make import MAIL, SMS, make_alliance, make_area, make_coordinator, make_member, make_user


@dataclass
class Cast:
    """Who there is. `table` is the alliance of ten; `other` is another one, in another city."""

    city: Area
    area: Area
    table: Alliance
    other: Alliance
    police: User
    municipality: User
    resident: User  # a phone, and no mail address
    young: User
    coordinating_member: User  # a resident at the table, and coordinator elsewhere
    coordinator: User  # of the city of the table
    administrator: User
    neighbour: User  # a member of the other alliance
    stranger: User  # signed in, and member of nothing
    others: list[User]  # five more residents: ten seats taken
    seats: dict[int, Membership]

    def seat(self, user: User) -> Membership:
        """Somebody's seat at the table (the neighbour's: at the other one)."""
        return self.seats[user.pk]


@as_worker()
def make_cast() -> Cast:
    """Make them all. About fifty rows."""
    city = make_area("Voorbeeldstad", level="city")
    area = make_area("Plein en omgeving", parent=city)
    elsewhere = make_area("Andere stad", level="city")
    people = {
        "police": make_user("Wijkagent Bo", function_title="wijkagent", by=(MAIL, SMS)),
        "municipality": make_user("Gebiedsmanager Ans", function_title="gebiedsmanager"),
        "resident": make_user("Buurvrouw Noor", by=(SMS,)),
        "young": make_user("Sem", by=(SMS,), on_call_list=False),
        "coordinating_member": make_coordinator(elsewhere, "Coördinator Wil", role=Role.POLICE),
    }
    others = [make_user() for _ in range(5)]
    table = make_alliance("Plein", area=area)
    other = make_alliance("Haven", area=elsewhere)
    neighbour = make_user("Buurman van de haven")
    roles = {"police": Role.POLICE, "municipality": Role.MUNICIPALITY}
    seated = [make_member(table, user, role=roles.get(name, Role.RESIDENT)) for name, user in people.items()]
    seated += [make_member(table, user) for user in others]
    seated.append(make_member(other, neighbour))
    coordinator = make_coordinator(city, "Coördinator Kim")
    administrator = User.objects.create_superuser(email="beheer@voorbeeld.example", name="Beheerder Jo")
    return Cast(
        city=city,
        area=area,
        table=table,
        other=other,
        **people,
        coordinator=coordinator,
        administrator=administrator,
        neighbour=neighbour,
        stranger=make_user("Voorbijganger"),
        others=others,
        seats={seat.user_id: seat for seat in seated if seat.user_id},
    )

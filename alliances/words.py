"""Recognition words to suggest: ordinary Dutch things, neutral, easy to remember and to spell on a small screen."""

import random
import re

from django.db import connection

WORDS = """
aardappel aardbei abrikoos accordeon ananas anjer appelboom appeltaart aquarel artisjok avocado badkuip bakfiets
baksteen bamboe banjo barbecue basilicum beker beschuit bezem bieslook bijenkorf blauwdruk bloemkool bloempot
boekenkast boemerang boerenkool bonsai boomgaard boomhut boomstam bordkrijt borduursel borrelnoot bosbes
boterham boterbloem braadpan braam breinaald brievenbus broccoli broodrooster bruidstaart buikdans bureaulamp
cactus camping caravan champignon chocola citroen clementine courgette croissant dadel dakgoot dakpan dambord
dennenappel deurbel deurmat dobbelsteen doedelzak dopsleutel dorpspomp douchekop draaimolen driewieler druif
duikbril dwarsfluit eekhoorn egel eikel emmer erwtensoep fakkel fazant fietsbel fietspomp flessenpost fluitketel
fonkelsteen fontein fruitmand garnaal geranium gieter gitaar glijbaan gloeilamp goudvis graspol grasmaaier
grutto haarspeld hamster handdoek handwerk hangmat harmonica havermout hazelaar heggenschaar hemelbed herfstblad
hibiscus hijskraan hoefijzer honing houtblok houtskool huifkar ijsbeer ijsbloem iglo jasmijn jampot jojo kaars
kaasplank kachel kameel kamille kampvuur kano kaplaars kapstok karaf kastanje keukenla kiezel kievit kikker
klaproos klavecimbel klaver kleedje klimop klokhuis klomp knikker knoflook koekenpan koelkast koffer koffiemok
kokosnoot kolibri komkommer konijn koolmees kookboek koperdraad korenbloem krakeling krant krekel kruimel
kruiwagen krukje kurk kussen kwartel lampion lantaarn laurier lavendel leeslamp leeuwerik lepel libelle
lindeboom linzen loempia lucifer luchtballon maanlicht madelief magneet mais mandarijn mandoline margriet
marmelade marsepein meikever meloen merel mierikswortel molshoop mosterd muesli munt muskaat muurbloem
naaimachine narcis nectarine notenbalk notenkraker olifant olijf oliebol oorwarmer orchidee orgel otter oven
paardenbloem paddenstoel pannenkoek papaja paprika paraplu parasol parelmoer passer peer penseel peper perenboom
perzik peterselie piano picknick pimpelmees pinda pindakaas pioenroos plantenbak poffertje polderdijk pompoen
popcorn potlood prei pruim puzzel radijs ratel regenboog regenlaars regenton reiger rietkraag rijst ritssluiting
roerei rolmops rolschaats roodborst rozemarijn rozijn rugzak saffraan salie sandaal saxofoon schaakbord schelp
schildpad schommel schooltas schotel schuifdeur sesam sinaasappel sjaal sla slak slagroom sleutelbloem sneeuwpop
soeplepel specerij spinazie spons spreeuw sprinkhaan stamppot stoepkrijt stokbrood stopwatch stroopwafel
suikerpot tamboerijn tandenborstel tapijt theedoek theepot tijm timmerhout toverbal trampoline trommel tuinhek
tuinslang tulp vanille veenbes veter viool vlieger vlinder vogelhuis vuurtoren waaier wafel walnoot wandelstok
wasknijper waterlelie watermeloen wekker wilg windmolen winterjas wortel xylofoon yoghurt zaklamp zandbak
zandkasteel zebra zeepbel zeilboot zilverpapier zonnebloem zwaluw zwembad
"""
OWN = re.compile(r"[a-z]{3,24}")  # no accents: some would make a text message twice as long
# Words that say too much, or that others use when they pretend to be us.
NOT_FOR_THIS = {
    "politie",
    "gemeente",
    "bondgenoot",
    "bondgenoten",
    "wijkagent",
    "code",
    "tafel",
    "bericht",
    "klant",
    "bank",
}


def suggestions(seed: str, *, besides: str = "", how_many: int = 6) -> list[str]:
    """Words that nobody has, the same each time for the same seed; `besides` is left out."""
    order = WORDS.split()
    random.Random(seed).shuffle(order)  # noqa: S311  (no secret: the person chooses, and may take another word)
    free = _free(order[:60])
    if len(free) < how_many:
        free = _free(order)
    return [word for word in free if word != besides][:how_many]


def is_free(word: str) -> bool:
    """Whether nobody else has this word."""
    return bool(_free([word]))


def _free(words: list[str]) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "select word from unnest(%s::text[]) with ordinality as w(word, place) "
            "where not app_word_taken(word) order by place",
            [words],
        )
        return [word for (word,) in cursor.fetchall()]

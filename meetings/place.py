"""Whether a place gives members away: who goes in there is seen, and people draw conclusions. Pure, and only a hint."""

import re

# Whole words, or the end of one (Mariakerk): "Kerkstraat 5" is a house like any other.
GIVES_AWAY = re.compile(
    r"\b(?:politie\w*|police\w*|wijkbureau|gemeentehuis|gemeentekantoor|stadhuis|stadskantoor|stadsdeelkantoor"
    r"|town hall|city hall|\w*moskee|mosque|masjid|\w*kerk|church|kerkzaal|kerkgebouw|parochiehuis|\w*synagoge"
    r"|synagogue|hindoetempel|mandir|gurdwara)\b(?!-)",
    re.IGNORECASE,
)
STREET = re.compile(r"politie(?:straat|laan|plein|hof|pad|weg)\b", re.IGNORECASE)


def gives_away(place: str) -> bool:
    """Whether the name of a place says who comes there: of police, of the municipality, or of one faith."""
    return any(not STREET.match(found[0]) for found in GIVES_AWAY.finditer(place))

"""Why it costs what it costs: one sentence from the ``basis`` of ``venues.rulebook.Price``."""

from django.utils.translation import gettext as _
from django.utils.translation import npgettext, pgettext

from palace.core.wording import in_english, money_text

from .words import length_text


def explain(basis: dict, fen: int, *, to_payer: bool = False) -> str:
    """15 元一小时 × 2 小时，劳模半价. Empty where the tariff says nothing.

    Only ``to_payer`` does it say whose discount it is: staff, and who stands beside a code, are not to learn of hardship.
    No discount names its people to them, since one reason that is left out would tell.
    """
    bands = basis.get("bands") or []
    who = category(basis["why"]) if to_payer and basis.get("why") else ""
    pieces = [market(basis, fen), *(band_text(band) for band in bands), heads(basis), discount(basis, who)]
    return pgettext("between clauses", ", ").join(piece for piece in pieces if piece)


def market(basis: dict, fen: int) -> str:
    """What it would cost elsewhere, where that is more."""
    price = basis.get("market_fen") or 0
    minutes = sum(band["minutes"] for band in basis.get("bands") or [])
    if not price or price * minutes // 60 * (basis.get("heads") or 1) <= fen:
        return ""
    return _("market price %(price)s an hour") % {"price": money_text(price)}


def band_text(band: dict) -> str:
    name = band["label_en"] or band["label"] if in_english() else band["label"]
    length = {"length": length_text(band["minutes"])}
    if not band["fen"]:
        return _("%(band)s free") % {"band": name} if name else _("%(length)s free") % length
    text = _("%(price)s an hour × %(length)s") % ({"price": money_text(band["fen"])} | length)
    return f"{name} {text}" if name else text


def heads(basis: dict) -> str:
    persons = basis.get("heads") or 1
    return npgettext("factor", "× %(n)s person", "× %(n)s persons", persons) % {"n": persons} if persons > 1 else ""


def discount(basis: dict, who: str) -> str:
    """``who`` may be empty."""
    percent = basis.get("percent", 100)
    if percent >= 100 or not basis.get("why") or not any(band["fen"] for band in basis.get("bands") or []):
        return ""
    words = {"who": who, "percent": percent}
    if percent == 0:
        return _("free for %(who)s") % words if who else pgettext("discount", "waived")
    if percent == 50:
        return _("half price for %(who)s") % words if who else pgettext("discount", "half price")
    return (_("%(who)s pay %(percent)s %%") if who else pgettext("discount", "%(percent)s %% of it")) % words


def category(code: str) -> str:
    names = {
        "employee": pgettext("who pays less", "employees"),
        "model_worker": pgettext("who pays less", "model workers"),
        "new_employment": pgettext("who pays less", "new-employment workers"),
        "retired": pgettext("who pays less", "retired members"),
        "family": pgettext("who pays less", "family"),
        "hardship": pgettext("who pays less", "hardship members"),
    }
    return names.get(code, code)

"""Renting something: a fixed fee, a rate by the hour, and what goes on or off the bill."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from turnbench.envs.sharded.tasks.math.family import DISCOUNTS, Draw, Family, names, needed, number, optional, scene
from turnbench.envs.sharded.tasks.math.working import Value, Working
from turnbench.randomness import RandomStream

_SCENES = (
    ("canoe", "life jackets"),
    ("cargo bike", "helmets"),
    ("rowing boat", "life jackets"),
    ("tandem", "helmets"),
    ("sailing boat", "waterproof bags"),
    ("party tent", "lamps"),
    ("karaoke machine", "microphones"),
    ("video camera", "spare batteries"),
    ("projector", "loudspeakers"),
)
_STATUSES = ("a club member", "a student", "a regular customer", "a neighbour of the owner")


class Rental(Family):
    """(hours - free) x rate, reduced, plus fee, gear and insurance, minus the voucher."""

    name = "rental"
    parts = 100
    goals = (
        "What does it cost {who:name} to rent the {thing:words}?",
        "How much does {who:name} have to pay for renting the {thing:words}?",
        "I need the total bill for the {thing:words} that {who:name} rents.",
        "How many dollars will {who:name} spend on the rental of the {thing:words}?",
        "Can you tell me what {who:name} is charged in the end for the {thing:words}?",
    )
    facts = (
        needed(
            "fee", "fee fixed basic base flat",
            "There is a basic fee of ${fee:int} for the {thing:words}, however long it is rented.",
            "Whoever rents the {thing:words} pays a fixed fee of ${fee:int} to begin with.",
            "The {thing:words} comes with a fixed fee of ${fee:int} per rental.",
            "A fixed ${fee:int} is due for the {thing:words} regardless of the hours.",
            "Handing out the {thing:words} costs ${fee:int} once, as a basic fee.",
        ),
        needed(
            "rate", "rate hour hourly per price charge costs",
            "Every hour with the {thing:words} costs ${rate:number}.",
            "The hourly rate for the {thing:words} is ${rate:number}.",
            "For each hour with the {thing:words}, ${rate:number} is charged.",
            "The time with the {thing:words} is charged at ${rate:number} an hour.",
            "An hour with the {thing:words} comes to ${rate:number}.",
        ),
        needed(
            "hours", "hours long time duration rent rented rental keeps keep",
            "{who:name} keeps the {thing:words} for {hours:int} hours.",
            "The {thing:words} is brought back by {who:name} after {hours:int} hours.",
            "{who:name} needs the {thing:words} for {hours:int} hours.",
            "All in all, {who:name} has the {thing:words} for {hours:int} hours.",
            "For {hours:int} hours, the {thing:words} is in the hands of {who:name}.",
        ),
        optional(
            "free", "free included first special promotion",
            "The first {free:int} hours are not charged by the hour.",
            "No hourly charge is made for the first {free:int} hours.",
            "As an offer, the first {free:int} hours are free of the hourly charge.",
            "Hours are charged only after the first {free:int} hours, which are free.",
            "Included in the basic fee are {free:int} hours, so only the hours after that are charged.",
        ),
        optional(
            "discount", "discount member members percent reduction club student",
            "As {status:words}, {who:name} gets {discount:int}% off the charge for the hours.",
            "Being {status:words} gives {who:name} {discount:int}% off the hourly charges, though not off anything else.",
            "The charge for the hours is reduced by {discount:int}% for {who:name}, who is {status:words}.",
            "{who:name} is {status:words}, so {discount:int}% comes off the charge for the hours and off nothing else.",
            "Of the hourly charges, and of those alone, {who:name} is let off {discount:int}% as {status:words}.",
        ),
        optional(
            "gear", "gear equipment extra accessories add additional jackets helmets",
            "{who:name} takes along {gear:int} {extras:words} at ${gear_price:int} each.",
            "There are {gear:int} {extras:words} on the bill of {who:name} too, at ${gear_price:int} each.",
            "{who:name} also rents {gear:int} {extras:words} for ${gear_price:int} apiece.",
            "{who:name} adds {gear:int} {extras:words}, which cost ${gear_price:int} apiece for the whole time.",
            "The bill of {who:name} also lists {gear:int} {extras:words} for ${gear_price:int} each.",
        ),
        optional(
            "insurance", "insurance insured cover damage protection",
            "Insurance adds ${insurance:int} to the bill.",
            "The bill also includes ${insurance:int} for insurance.",
            "For insurance, ${insurance:int} is charged for the whole time.",
            "Being insured against damage costs ${insurance:int} in all.",
            "Insurance against damage is taken out as well, for ${insurance:int}.",
        ),
        optional(
            "voucher", "voucher coupon gift card deduct rebate",
            "{who:name} has a voucher that takes ${voucher:int} off the bill.",
            "A voucher lowers what {who:name} has to pay by ${voucher:int}.",
            "With a voucher, {who:name} pays ${voucher:int} less in the end.",
            "A voucher for ${voucher:int} is accepted from {who:name} towards the bill.",
            "{who:name} settles ${voucher:int} of the bill with a voucher.",
        ),
    )  # fmt: skip

    def draw(self, rng: RandomStream, level: int, stated: frozenset[str]) -> Draw:
        """Rates have half dollars where nothing is reduced."""
        thing, extras = scene(rng, level, _SCENES)
        (who,) = names(rng, level, 1)
        discount = rng.choice(tuple(DISCOUNTS))
        step = DISCOUNTS[discount] if "discount" in stated else 1
        rate: Value = number(rng, level, step if step > 1 else 4, 20, 40, step=step)
        if step == 1 and rng.below(3) == 0:
            rate += Fraction(1, 2)
        hours = number(rng, level, 5, 14, 30)
        numbers: dict[str, Value] = {
            "fee": number(rng, level, 5, 40, 90),
            "rate": rate,
            "hours": hours,
            "free": 2 + rng.below(hours // 2 - 1),
            "discount": discount,
            "gear": number(rng, level, 2, 6, 9),
            "gear_price": number(rng, level, 2, 6, 9),
            "insurance": number(rng, level, 3, 15, 25),
            "voucher": number(rng, level, 4, 15, 30),
        }
        return Draw({"who": who, "thing": thing, "extras": extras, "status": rng.choice(_STATUSES)}, numbers)

    def solve(self, v: Mapping[str, Value], do: Working) -> Value:
        """Dollars."""
        charge = do.times(do.minus(v["hours"], v.get("free")), v["rate"])
        charge = do.minus(charge, do.percent(v.get("discount"), charge))
        bill = do.plus(charge, v["fee"])
        if "gear" in v:
            bill = do.plus(bill, do.times(v["gear"], v["gear_price"]))
        return do.minus(do.plus(bill, v.get("insurance")), v.get("voucher"))

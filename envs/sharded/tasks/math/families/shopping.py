"""Change at a shop: several of one thing, discounts, extras and what is handed over."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from turnbench.envs.sharded.tasks.math.family import DISCOUNTS, Draw, Family, names, needed, number, optional, scene
from turnbench.envs.sharded.tasks.math.working import Value, Working
from turnbench.randomness import RandomStream

_SCENES = (
    ("stationery shop", ("notebooks", "pens", "folders"), ("a desk calendar", "an atlas", "a pencil case")),
    ("flower shop", ("roses", "tulips", "small cacti"), ("a clay pot", "a watering can", "an orchid")),
    ("hardware shop", ("paintbrushes", "door hooks", "light bulbs"), ("a hammer", "a tape measure", "an extension lead")),
    ("bakery", ("bread rolls", "muffins", "pretzels"), ("an apple tart", "a loaf of rye bread", "a jar of honey")),
    ("toy shop", ("marbles", "card games", "wooden animals"), ("a kite", "a puzzle", "an inflatable ball")),
    ("museum shop", ("postcards", "fridge magnets", "posters"), ("a tea towel", "an illustrated guide", "a mug")),
    ("sports shop", ("tennis balls", "headbands", "water bottles"), ("a skipping rope", "a gym bag", "an air pump")),
    ("sewing shop", ("buttons", "zips", "reels of thread"), ("a pair of scissors", "a thimble", "an embroidery hoop")),
)  # fmt: skip


class Shopping(Family):
    """(count - returned) x reduced price, plus extras, minus the coupon; then the change."""

    name = "shopping"
    parts = 100
    goals = (
        "How much change does {who:name} get at the {shop:words}?",
        "What change will {who:name} be given at the {shop:words}?",
        "I want to know how much money {who:name} gets back at the till of the {shop:words}.",
        "Can you work out the change that {who:name} is due at the {shop:words}?",
        "How many dollars does {who:name} get back after paying at the {shop:words}?",
        "Please find out how much of the money handed over at the {shop:words} comes back to {who:name}.",
    )
    facts = (
        needed(
            "count", "many number quantity buy buys bought items",
            "{who:name} takes {count:int} {items:words} to the till.",
            "There are {count:int} {items:words} in the basket that {who:name} carries.",
            "The basket of {who:name} holds {count:int} {items:words}.",
            "On {who:name}'s shopping list there are {count:int} {items:words}, and all of them go into the basket.",
            "{who:name} picks out {count:int} {items:words}.",
        ),
        needed(
            "price", "price cost costs each apiece unit item expensive",
            "The {items:words} cost ${price:number} each.",
            "Each of the {items:words} costs ${price:number}.",
            "The price of the {items:words} is ${price:number} apiece.",
            "The tag on the {items:words} says ${price:number} apiece.",
            "All the {items:words} have the same price, ${price:number} each.",
        ),
        optional(
            "returned", "back return returned damaged fewer changed",
            "{who:name} puts {returned:int} of the {items:words} back on the shelf before paying.",
            "Just before paying, {who:name} puts {returned:int} of the {items:words} back.",
            "At the till, {who:name} decides not to buy {returned:int} of the {items:words} after all.",
            "Just before paying, {who:name} changes plans about {returned:int} of the {items:words} and leaves them in the shop.",
            "It turns out at the till that {who:name} does not need {returned:int} of the {items:words}, so those stay in the shop.",
        ),
        optional(
            "discount", "discount sale percent reduced reduction offer",
            "The {items:words} are {discount:int}% off.",
            "At the moment, the shop takes {discount:int}% off the price of the {items:words}.",
            "A sign says that the price of the {items:words} is reduced by {discount:int}%.",
            "The {items:words} are on sale at {discount:int}% below their usual price.",
            "For the {items:words}, the shop gives {discount:int}% off the price on the tag.",
        ),
        optional(
            "extra", "else other another additional extra things also",
            "{who:name} also buys {extra:words} for ${extra_price:int}.",
            "Apart from that, {who:name} gets {extra:words} priced at ${extra_price:int}.",
            "There is also {extra:words} for ${extra_price:int} among {who:name}'s purchases.",
            "What {who:name} wants besides is {extra:words}, and that costs ${extra_price:int}.",
            "On the way to the till, {who:name} adds {extra:words} for ${extra_price:int}.",
        ),
        optional(
            "wrapping", "wrapping wrap gift fee charge bag service",
            "Gift wrapping adds ${wrapping:int} to the bill.",
            "The bill also includes ${wrapping:int} for gift wrapping.",
            "Everything gets wrapped as a gift for ${wrapping:int} in all.",
            "The shop adds ${wrapping:int} to the bill for wrapping everything up as a gift.",
            "It is all to be wrapped as a present, for which the shop asks ${wrapping:int} in total.",
        ),
        optional(
            "coupon", "coupon voucher rebate card loyalty",
            "{who:name} has a coupon that takes ${coupon:int} off the bill.",
            "A coupon lowers {who:name}'s bill by ${coupon:int}.",
            "With a coupon, {who:name} saves ${coupon:int} on the whole bill.",
            "The cashier accepts {who:name}'s coupon, so the bill is ${coupon:int} less.",
            "Thanks to a coupon, ${coupon:int} comes off the bill that {who:name} has to pay.",
        ),
        needed(
            "paid", "pay pays paid hand hands cash note notes give gives money",
            "{who:name} hands over ${paid:int}.",
            "{who:name} pays with ${paid:int} in cash.",
            "The cashier receives ${paid:int} from {who:name}.",
            "{who:name} puts ${paid:int} on the counter to pay.",
            "To pay, {who:name} gives the cashier ${paid:int}.",
        ),
    )  # fmt: skip

    def draw(self, rng: RandomStream, level: int, stated: frozenset[str]) -> Draw:
        """Prices have half dollars where nothing is reduced."""
        shop, items, extras = scene(rng, level, _SCENES)
        (who,) = names(rng, level, 1)
        discount = rng.choice(tuple(DISCOUNTS))
        step = DISCOUNTS[discount] if "discount" in stated else 1
        count = number(rng, level, 4, 15, 30)
        price: Value = number(rng, level, step, 20, 40, step=step)
        if step == 1 and rng.below(3) == 0:
            price += Fraction(1, 2)
        numbers: dict[str, Value] = {
            "count": count, "price": price, "discount": discount,
            "returned": 2 + rng.below(count // 2 - 1),
            "extra_price": number(rng, level, 3, 25, 60),
            "wrapping": number(rng, level, 2, 8, 15),
            "coupon": number(rng, level, 2, 12, 25),
        }  # fmt: skip
        most = int(count * price + numbers["extra_price"] + numbers["wrapping"])
        numbers["paid"] = 10 * (most // 10 + 1 + rng.below(8))
        return Draw({"who": who, "shop": shop, "items": rng.choice(items), "extra": rng.choice(extras)}, numbers)

    def solve(self, v: Mapping[str, Value], do: Working) -> Value:
        """Change in dollars."""
        bought = do.minus(v["count"], v.get("returned"))
        goods = do.times(bought, v["price"])
        goods = do.minus(goods, do.percent(v.get("discount"), goods))
        bill = do.plus(do.plus(goods, v.get("extra_price")), v.get("wrapping"))
        return do.minus(v["paid"], do.minus(bill, v.get("coupon")))

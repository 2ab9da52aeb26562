"""What can change about a schema, and how grave it is for who sends and for who receives it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from redhanded.contracts.changes.change import Level

LEVELS: dict[str, Level] = {"E": "error", "W": "warning", "I": "info"}


class Facet(NamedTuple):
    """One way in which a schema changes, with its level in requests and in responses.

    None where it does not exist there: a wider type of an answer is another type to who reads it.
    """

    name: str
    sent: Level | None
    received: Level | None
    title: str


_PLAIN = """
type-changed                    E E got another type or format
type-generalized                I - got a wider type or format
type-specialized                - I got a narrower type or format
list-of-types-widened           I E may be of more types
list-of-types-narrowed          E I may be of fewer types
became-nullable                 I E may be null now
became-not-nullable             E I may not be null any more
became-enum                     E I is restricted to a list of values
became-not-enum                 I W is no longer restricted to a list of values
enum-value-added                I W may have one more value
enum-value-removed              E I may not have a value any more
x-extensible-enum-value-removed E I lost a value of its open list
const-added                     E I may have one value only
const-removed                   I E may have other values than the one
const-changed                   E E must have another value
default-value-added             I I got a default
default-value-changed           I I got another default
default-value-removed           I I lost its default
pattern-added                   E I must match a pattern
pattern-removed                 I I need not match a pattern any more
pattern-changed                 W I must match another pattern
multiple-of-set                 W I must be a multiple
multiple-of-unset               I E need not be a multiple any more
multiple-of-generalized         I E may be a multiple of less
multiple-of-specialized         E I must be a multiple of more
multiple-of-changed             E E must be a multiple of something else
unique-items-set                W I may not repeat items any more
unique-items-unset              I E may repeat items
all-of-added                    E I got one more schema that must hold
all-of-removed                  W I lost a schema that had to hold
any-of-added                    I E got one more alternative
any-of-removed                  E I lost an alternative
one-of-added                    I E got one more alternative
one-of-removed                  E I lost an alternative
became-union                    E I must be one of several alternatives
became-not-union                I E need not be one of several alternatives any more
not-added                       E I may not be what a schema forbids
not-removed                     I E may be what a schema forbade
not-changed                     W W forbids something else
if-added                        E I got a condition
if-removed                      I E lost its condition
then-added                      E I got a rule for when its condition holds
then-removed                    I E lost its rule for when its condition holds
else-added                      E I got a rule for when its condition does not hold
else-removed                    I E lost its rule for when its condition does not hold
prefix-items-added              I E got a schema for one more of its first items
prefix-items-removed            E I lost the schema of one of its first items
items-added                     W I got a schema for its items
items-removed                   I E lost the schema of its items
contains-added                  E I must contain an item of a kind
contains-removed                I E need not contain an item of a kind any more
property-names-added            E I restricts the names of its properties
property-names-removed          I E no longer restricts the names of its properties
pattern-property-added          E I got a schema for properties by their name
pattern-property-removed        I E lost the schema of properties by their name
additional-properties-forbidden E I forbids properties that it does not declare
additional-properties-allowed   I W allows properties that it does not declare
additional-properties-schema-added W I got a schema for properties that it does not declare
unevaluated-items-added         E I restricts the items that no schema speaks of
unevaluated-items-removed       I E no longer restricts the items that no schema speaks of
unevaluated-properties-added    E I restricts the properties that no schema speaks of
unevaluated-properties-removed  I E no longer restricts the properties that no schema speaks of
dependent-required-added        E I needs properties where another is given
dependent-required-removed      I E no longer needs properties where another is given
dependent-required-changed      E E needs other properties where another is given
dependent-schema-added          E I got a schema for where a property is given
dependent-schema-removed        I E lost the schema for where a property is given
content-schema-added            E I got a schema for what its text holds
content-schema-removed          I E lost the schema of what its text holds
content-media-type-changed      E E holds text of another media type
content-encoding-changed        E E holds text in another encoding
schema-became-false             E E allows nothing any more
schema-became-not-false         I E allows something now
discriminator-added             I I tells its alternatives apart by a property
discriminator-removed           I I no longer tells its alternatives apart by a property
discriminator-property-name-changed I I tells its alternatives apart by another property
discriminator-mapping-added     I I names one more alternative in its discriminator
discriminator-mapping-deleted   I I names an alternative less in its discriminator
discriminator-mapping-changed   I I maps a name to another alternative
deprecated                      I I should not be used any more
reactivated                     I I may be used again
"""

BOUNDS = {
    "maximum": "max",
    "minimum": "min",
    "exclusiveMaximum": "exclusive-max",
    "exclusiveMinimum": "exclusive-min",
    "maxLength": "max-length",
    "minLength": "min-length",
    "maxItems": "max-items",
    "minItems": "min-items",
    "maxProperties": "max-properties",
    "minProperties": "min-properties",
    "maxContains": "max-contains",
    "minContains": "min-contains",
}
"""The keywords that bound a number or a count, with their names in rules."""


def is_upper(keyword: str) -> bool:
    """Whether the keyword bounds from above, so that more of it allows more."""
    return "max" in keyword.lower()


def _plain(line: str) -> Facet:
    name, sent, received, title = line.split(maxsplit=3)
    return Facet(name, LEVELS.get(sent), LEVELS.get(received), title)


def _bound(keyword: str, name: str) -> tuple[Facet, ...]:
    up, down = ("IE", "EI") if is_upper(keyword) else ("EI", "IE")
    return tuple(
        Facet(f"{name}-{what}", LEVELS[levels[0]], LEVELS[levels[1]], f"{words} `{keyword}`")
        for what, levels, words in (
            ("increased", up, "got a higher"),
            ("decreased", down, "got a lower"),
            ("set", "WI", "got a"),
            ("unset", "IE", "lost its"),
        )
        # Where it is not told, one item is enough (JSON Schema 2020-12, section 6.4.5).
        if keyword != "minContains" or what in {"increased", "decreased"}
    )


FACETS: tuple[Facet, ...] = (
    *(_plain(line) for line in _PLAIN.strip().splitlines()),
    *(facet for keyword, name in BOUNDS.items() for facet in _bound(keyword, name)),
)
"""All of them."""

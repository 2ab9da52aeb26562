"""Styles: who drawn data looks like, by characters and by country."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple, get_args

from redhanded.core.errors import UsageError
from redhanded.data import locales

if TYPE_CHECKING:
    from collections.abc import Sequence

    from redhanded.core.generating import Charset


class Style(NamedTuple):
    """The characters of plain texts, None = those that the locales have, and the locales."""

    charset: Charset | None = None
    locales: tuple[str, ...] = (locales.HOME,)

    def using(self, charset: Charset | None, locale: str | Sequence[str] | None) -> Style:
        """The style with what is given in place of its own; raises UsageError."""
        several = locale if isinstance(locale, list | tuple) else (locale,)
        named = tuple(map(str, several)) if locale else self.locales
        style = Style(charset or self.charset, named)
        style.check()
        return style

    def check(self) -> None:
        """Raises UsageError where nothing can be drawn in it."""
        from redhanded.core.generating import Charset

        if self.charset not in (None, *get_args(Charset)):
            names = ", ".join(f'"{name}"' for name in get_args(Charset))
            raise UsageError(
                f"make.using(charset={self.charset!r}): there is no such profile; write one of"
                f" {names}."
            )
        said = locales.complaint(self.locales, self.charset)
        if said:
            raise UsageError(f"make.using(locale=...): it {said}.")


PLAIN: Final = Style()

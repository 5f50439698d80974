"""Amounts of money: kept in the smallest unit of the currency, written as the reader's language does."""

from decimal import Decimal

from babel.numbers import format_decimal


def in_words(amount: int, language: str) -> str:
    """45000 is 450; 123450 is 1,234.50 in English and 1 234,50 in Russian."""
    return str(format_decimal(Decimal(amount) / 100, "#,##0.00" if amount % 100 else "#,##0", locale=language))

"""Amounts of money: kept in the smallest unit of the currency, written as people write them."""


def in_words(amount: int) -> str:
    """45000 is 450, 450 is 4.50."""
    whole, rest = divmod(amount, 100)
    return f"{whole}.{rest:02d}" if rest else str(whole)

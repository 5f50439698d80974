"""Many rows of a model by statements that are worded once: what the ledger reads and writes all day.

For the ORM each batch is new: it words its statements again and asks every field about every value, which costs several
times what the database does with them. Instances are the same as the ORM's, but nothing checks their values before the
database does: numbers, texts, keys, aware datetimes. Within a transaction of the caller's.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime
from functools import cached_property, partial
from operator import attrgetter
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import Field, Model

Row = TypeVar("Row", bound=Model)


class ManyRows(Generic[Row]):
    """Rows of `model`. Written are its `fields`, all but the primary key unless told; where a row with the same `key`
    is there already, its fields `update` are set anew."""

    def __init__(
        self,
        model: type[Row],
        fields: Sequence[str] = (),
        *,
        key: Sequence[str] = (),
        update: Sequence[str] = (),
    ) -> None:
        self._model = model
        self._all: list[Field[Any, Any]] = list(model._meta.concrete_fields)
        by_name = {field.name: field for field in self._all}
        written = [by_name[name] for name in fields] or [field for field in self._all if not field.primary_key]
        self._column = {name: connection.ops.quote_name(str(field.column)) for name, field in by_name.items()}
        self._written = [self._column[field.name] for field in written]
        self._values = attrgetter(*(field.attname for field in written))
        self._key = [self._column[name] for name in key]
        self._update = [self._column[name] for name in update]

    def write(self, rows: Iterable[Sequence[Any]]) -> None:
        """Write rows, their values in the order of the fields. Raises django.db.Error."""
        adapt = connection.ops.adapt_datetimefield_value
        adapted = [[adapt(value) if type(value) is datetime else value for value in row] for row in rows]
        if adapted:
            with connection.cursor() as cursor:
                cursor.executemany(self._insert, adapted)

    def save(self, rows: Iterable[Row]) -> None:
        """The same of instances; new ones are not told their primary keys."""
        self.write(map(self._values, rows))

    def find(self, field: str, values: Collection[Any], condition: str = "") -> list[Row]:
        """Rows whose `field` is one of the values; `condition` is more SQL. Raises django.db.Error."""
        if not values:
            return []
        places = ", ".join(["%s"] * len(values))
        with connection.cursor() as cursor:
            cursor.execute(f"{self._select} WHERE {self._column[field]} IN ({places}) {condition}", list(values))
            found = cursor.fetchall()
        names = [one.attname for one in self._all]
        return [self._model.from_db(DEFAULT_DB_ALIAS, names, self._converted(row)) for row in found]

    def _converted(self, row: Sequence[Any]) -> list[Any]:
        values = list(row)
        for place, convert in self._converters:
            values[place] = convert(values[place])
        return values

    @cached_property
    def _select(self) -> str:
        columns = ", ".join(self._column[field.name] for field in self._all)
        return f"SELECT {columns} FROM {connection.ops.quote_name(self._model._meta.db_table)}"  # noqa: S608  our names

    @cached_property
    def _insert(self) -> str:
        table = connection.ops.quote_name(self._model._meta.db_table)
        places = ", ".join(["%s"] * len(self._written))
        statement = f"INSERT INTO {table} ({', '.join(self._written)}) VALUES ({places})"  # noqa: S608  our names
        if not self._key:
            return statement
        changes = ", ".join(f"{column} = EXCLUDED.{column}" for column in self._update)
        return (
            f"{statement} ON CONFLICT ({', '.join(self._key)}) DO {f'UPDATE SET {changes}' if changes else 'NOTHING'}"
        )

    @cached_property
    def _converters(self) -> list[tuple[int, Callable[[Any], Any]]]:
        """What SQLite gives as text or number and Python has a type for."""
        found: list[tuple[int, Callable[[Any], Any]]] = []
        for place, field in enumerate(self._all):
            column = field.get_col(self._model._meta.db_table)
            convert = (*connection.ops.get_db_converters(column), *column.get_db_converters(connection))
            found += [(place, partial(_convert, one, column)) for one in convert]
        return found


def _convert(convert: Callable[[Any, Any, Any], Any], column: Any, value: Any) -> Any:
    return convert(value, column, connection)


def keys_of(model: type[Model]) -> set[int]:
    """The primary keys of all rows. Raises django.db.Error."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT id FROM {connection.ops.quote_name(model._meta.db_table)}")  # noqa: S608  our names
        return {key for (key,) in cursor.fetchall()}

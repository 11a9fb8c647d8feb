"""Errors as Django raises them when the database fails, made by hand."""

from __future__ import annotations

import sqlite3

import psycopg
from django.db import OperationalError


def sqlite(name: str) -> OperationalError:
    """What Django raises when SQLite fails with this code."""
    cause = sqlite3.OperationalError(name)
    cause.sqlite_errorname = name
    return raised_from(cause)


def postgresql(code: str | None) -> OperationalError:
    """What Django raises when PostgreSQL fails with this code, or when the connection breaks."""
    cause = psycopg.errors.lookup(code)(code) if code else psycopg.OperationalError("it closed")
    return raised_from(cause)


def raised_from(cause: Exception) -> OperationalError:
    error = OperationalError(str(cause))
    error.__cause__ = cause
    return error

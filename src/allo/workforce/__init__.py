"""Forecast, staffing, shifts and breaks: numbers in, plan out."""

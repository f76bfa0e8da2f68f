"""Writes due_dates.csv: due dates by the Python package chinesecalendar, a calendar independent of ours.

    pip install chinesecalendar==1.11.0 && python3 due_dates.py > due_dates.csv

Counted day by day: the start day is not counted, a pause's first day is, its last day is a new start day.
"""

import datetime
import random

import chinese_calendar

DAY = datetime.timedelta(days=1)
LAST = datetime.date(2026, 12, 31)


def due(start, days, pauses):
    """The due date, or None where it lies beyond what the package knows."""
    day, left, pauses = start, days, list(pauses)
    while True:
        if pauses and day == pauses[0][0]:
            day = pauses.pop(0)[1]
            continue
        if left == 0:
            return day
        day += DAY
        if day > LAST:
            return None
        left -= chinese_calendar.is_workday(day)


def random_pauses(dice, start):
    pauses, day = [], start
    for _ in range(dice.choice([0, 0, 1, 1, 2, 3])):
        first = day + DAY * dice.randint(1, 6)
        day = first + DAY * dice.randint(1, 40)
        pauses.append((first, day))
    return pauses


def main():
    dice = random.Random(20240101)
    print("start,days,pauses,due")
    rows = 0
    while rows < 600:
        start = datetime.date(2024, 1, 1) + DAY * dice.randrange(1090)
        days = dice.choice([1, 2, 3, 5, 7, 10, 15, 20, 30, 45])
        pauses = random_pauses(dice, start)
        end = due(start, days, pauses)
        if end is None or end > LAST or any(first > end for first, _ in pauses):
            continue
        # A clock that ran out before a pause began cannot have been paused.
        if any(due(start, days, pauses[:n]) < pauses[n][0] for n in range(len(pauses))):
            continue
        print(start, days, " ".join(f"{first}..{last}" for first, last in pauses), end, sep=",")
        rows += 1


main()

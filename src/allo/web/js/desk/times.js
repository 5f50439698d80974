// Instants of the past in the reader's language and time zone: "today 14:05", "yesterday 9:30", "3 May 2025".
const DAY_MS = 86_400_000;

export function spoken(instant, now, language, timeZone) {
  const day = (ms) => new Intl.DateTimeFormat("en-CA", { timeZone, dateStyle: "short" }).format(ms);
  const time = new Intl.DateTimeFormat(language, { timeZone, hour: "numeric", minute: "2-digit", hourCycle: "h23" }).format(instant);
  const days = Math.round((Date.parse(day(instant)) - Date.parse(day(now))) / DAY_MS);
  if (days === 0 || days === -1) return `${new Intl.RelativeTimeFormat(language, { numeric: "auto" }).format(days, "day")} ${time}`;
  const isThisYear = day(instant).slice(0, 4) === day(now).slice(0, 4);
  const date = new Intl.DateTimeFormat(language, { timeZone, day: "numeric", month: "long", year: isThisYear ? undefined : "numeric" });
  return `${date.format(instant)}, ${time}`;
}

export function speakTimes(root) {
  for (const one of root.querySelectorAll("time[data-at]")) {
    one.textContent = spoken(Number(one.dataset.at) * 1000, Date.now(), document.documentElement.lang);
  }
}

"""The few sentences which callers hear from the system itself, not from a greeting that somebody chose.

They are spoken at set-up into `sounds/prompts/<language>/<name>.wav`; a file that is already there (a recording by a
person) is left alone. Asterisk plays them as `sound:allo/prompts/<language>/<name>`. The words of sentences with values
in them (`saying`) are there too, as `say-<name>`.
"""

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from allo.installation import Installation
from allo.speech.espeak import write_whole
from allo.speech.saying import WORDS
from allo.speech.synthesizer import Synthesizer

# These are spoken, not shown: they do not go through gettext, whose language is the reader's, not the caller's.
SENTENCES = {
    "en": {
        "please-wait": "Thank you for calling. All our operators are busy at the moment. "
        "Please stay on the line: your call will be answered in turn.",
        "call-later": "We are sorry, we cannot take your call now. Please call again later.",
        "unknown-number": "The number you have called is not in use. Please check it and call again.",
        "closed": "Our working hours are over. Please call again on a working day.",
        "on-hold": "One moment, please. The operator will be with you shortly.",
        "recorded": "This call may be recorded to improve our service.",
        "goodbye": "Thank you for calling. Goodbye.",
        "all-busy": "We are sorry, all our operators are busy. Please call again later.",
        "unavailable": "We are sorry, this line cannot be reached now. Please call again later.",
        "blocked": "We are sorry, calls from your number are not accepted.",
        "anonymous": "We do not take calls without a number. Please show your number and call again.",
        "wrong-key": "There is no such choice.",
        "no-key": "You have not chosen anything.",
        "message-thanks": "Thank you, your message has been recorded. Goodbye.",
        "survey-thanks": "Thank you for your answers. Goodbye.",
        "callback-offer": "If you do not want to wait, press one: you keep your place and we will call you back.",
        "callback-number": "Please enter the number that we should call, and then press the hash key.",
        "callback-wrong-number": "We cannot call this number. Please enter another one, and then press the hash key.",
        "callback-agreed": "Thank you. You keep your place, and we will call you back. Goodbye.",
        "speaks-en": "The caller speaks English.",
        "speaks-ru": "The caller speaks Russian.",
    },
    "ru": {
        "please-wait": "Спасибо за звонок. Сейчас все операторы заняты. "
        "Пожалуйста, оставайтесь на линии: вам ответят в порядке очереди.",
        "call-later": "Извините, сейчас мы не можем принять ваш звонок. Пожалуйста, перезвоните позже.",
        "unknown-number": "Номер, по которому вы звоните, не используется. Пожалуйста, проверьте номер и перезвоните.",
        "closed": "Наш рабочий день окончен. Пожалуйста, перезвоните в рабочее время.",
        "on-hold": "Одну минуту, пожалуйста. Оператор скоро вернётся к разговору.",
        "recorded": "Разговор может быть записан для улучшения качества обслуживания.",
        "goodbye": "Спасибо за звонок. До свидания.",
        "all-busy": "Извините, все операторы заняты. Пожалуйста, перезвоните позже.",
        "unavailable": "Извините, сейчас с этой линией нельзя соединиться. Пожалуйста, перезвоните позже.",
        "blocked": "Извините, звонки с вашего номера не принимаются.",
        "anonymous": "Мы не принимаем звонки со скрытых номеров. Пожалуйста, откройте свой номер и перезвоните.",
        "wrong-key": "Такого пункта нет.",
        "no-key": "Вы ничего не выбрали.",
        "message-thanks": "Спасибо, ваше сообщение записано. До свидания.",
        "survey-thanks": "Спасибо за ответы. До свидания.",
        "callback-offer": "Если не хотите ждать, нажмите один: место в очереди останется за вами, и мы вам перезвоним.",
        "callback-number": "Введите номер, по которому вам перезвонить, и нажмите решётку.",
        "callback-wrong-number": "На этот номер мы позвонить не можем. Введите другой номер и нажмите решётку.",
        "callback-agreed": "Спасибо. Место в очереди остаётся за вами, мы вам перезвоним. До свидания.",
        "speaks-en": "Клиент говорит по-английски.",
        "speaks-ru": "Клиент говорит по-русски.",
    },
}


def make_prompts(installation: Installation, synthesizer: Synthesizer) -> int:
    """Speak every prompt that is not there yet; returns how many were made. Raises SpeechError."""
    missing: list[tuple[Path, str, str]] = []
    for language, sentences in SENTENCES.items():
        spoken = sentences | {f"say-{name}": word for name, word in WORDS[language].items()}
        paths = {installation.prompts_folder / language / f"{name}.wav": text for name, text in spoken.items()}
        missing += [(path, text, language) for path, text in paths.items() if not path.exists()]
    with ThreadPoolExecutor() as threads:
        list(threads.map(partial(_make, synthesizer), missing))
    return len(missing)


def _make(synthesizer: Synthesizer, prompt: tuple[Path, str, str]) -> None:
    path, text, language = prompt
    write_whole(path, synthesizer.speak(text, language))

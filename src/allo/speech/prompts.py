"""The few sentences which callers hear from the system itself, not from a greeting that somebody chose.

They are spoken at set-up into `sounds/prompts/<language>/<name>.wav`; a file that is already there (a recording by a
person) is left alone. Asterisk plays them as `sound:allo/prompts/<language>/<name>`.
"""

from allo.installation import Installation
from allo.speech.espeak import write_whole
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
    },
}


def make_prompts(installation: Installation, synthesizer: Synthesizer) -> int:
    """Speak every prompt that is not there yet; returns how many were made. Raises SpeechError."""
    made = 0
    for language, sentences in SENTENCES.items():
        for name, sentence in sentences.items():
            path = installation.prompts_folder / language / f"{name}.wav"
            if not path.exists():
                write_whole(path, synthesizer.speak(sentence, language))
                made += 1
    return made

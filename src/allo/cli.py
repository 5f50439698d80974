"""The command `allo`. Commands are listed here by name and imported only when they are called."""

import importlib
import json
import os
import sys

import click

from allo import installation

COMMANDS = {
    "up": "allo.cli:up",
    "prepare": "allo.cli:prepare",
    "seed-demo": "allo.cli:seed_demo",
    "doctor": "allo.doctor:doctor",
    "simulate": "allo.commands.simulate:simulate",
    "traffic": "allo.commands.traffic:traffic",
}


class _Commands(click.Group):
    """Commands by the list above."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        place = COMMANDS.get(cmd_name)
        if place is None:
            return None
        module, _, name = place.partition(":")
        command = globals()[name] if module == "allo.cli" else getattr(importlib.import_module(module), name)
        assert isinstance(command, click.Command)
        return command

    def invoke(self, ctx: click.Context) -> object:
        """Run the command; what is set wrongly is said in a sentence."""
        try:
            return super().invoke(ctx)
        except installation.WrongSettingsError as error:
            raise click.ClickException(str(error)) from error


@click.command(cls=_Commands)
@click.version_option(package_name="allo")
def main() -> None:
    """Allo, a call centre."""


@click.command()
def up() -> None:
    """Run the centre: Asterisk, control and web, until Ctrl-C."""
    from allo.start import CannotStartError  # noqa: PLC0415
    from allo.start import up as run  # noqa: PLC0415

    os.umask(installation.UMASK)
    try:
        run(installation.current())
    except CannotStartError as error:
        click.echo(str(error), err=True)
        sys.exit(1)


@click.command()
@click.option("--json", "as_json", is_flag=True, help="End with one line of JSON for the program that called.")
def prepare(*, as_json: bool) -> None:
    """Make folders, secrets, prompts and the database; fill an empty one with the demo centre."""
    os.umask(installation.UMASK)
    here = installation.current()
    here.make_folders()
    here.secrets()
    remarks = _make_prompts(here)
    start_django()
    from django.core.management import call_command  # noqa: PLC0415
    from django.utils import translation  # noqa: PLC0415

    from allo.data.seed_demo import demo_logins, seed_demo  # noqa: PLC0415

    call_command("migrate", interactive=False, verbosity=0)
    remarks += seed_demo()
    with translation.override("en"):  # as all that the terminal is told
        logins = [[login.username, login.password, str(login.role.label)] for login in demo_logins()]
    if as_json:
        click.echo(json.dumps({"logins": logins, "remarks": list(dict.fromkeys(remarks))}))
    else:
        click.echo("\n".join([*remarks, "Everything is prepared."]))


@click.command("seed-demo")
@click.option("--language", type=click.Choice(["en", "ru"]), help="The demo's language; else the installation's.")
def seed_demo(language: str | None) -> None:
    """Fill an empty installation with a demo centre: logins, queues, greetings, number 100."""
    start_django()
    from allo.data.seed_demo import seed_demo as seed  # noqa: PLC0415

    click.echo("\n".join([*seed(language or ""), "Done."]))


def start_django() -> None:
    """Make Django's models usable in this process."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "allo.web.settings")
    import django  # noqa: PLC0415

    django.setup()


def _make_prompts(here: installation.Installation) -> list[str]:
    from allo.speech.espeak import EspeakSynthesizer  # noqa: PLC0415
    from allo.speech.prompts import make_prompts  # noqa: PLC0415
    from allo.speech.synthesizer import SpeechError  # noqa: PLC0415

    try:
        make_prompts(here, EspeakSynthesizer.of(here))
    except SpeechError as error:
        return [str(error)]
    return []


if __name__ == "__main__":
    main()
